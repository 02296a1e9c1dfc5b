#!/usr/bin/env node
import { createTrainerProgram } from './trainer-program.js';

process.exitCode = await createTrainerProgram().run(process.argv.slice(2));
