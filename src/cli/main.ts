#!/usr/bin/env node
/** `gatewell …`: runs the command line in this process. */
import { runCommandLine } from './command-line.ts'
import { processTerminal } from './terminal.ts'

const code = await runCommandLine(process.argv.slice(2), processTerminal())
// A signal that ended it at once has set its own.
process.exitCode ||= code
