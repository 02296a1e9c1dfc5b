#!/usr/bin/env node
import { createSakeProgram } from './sake-program.js';

process.exitCode = await createSakeProgram().run(process.argv.slice(2));
