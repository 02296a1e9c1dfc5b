#!/usr/bin/env node
import { createBenchProgram } from './bench-program.js';

process.exitCode = await createBenchProgram().run(process.argv.slice(2));
