#!/usr/bin/env node
import { runCommand } from './cli/run-command';

// Connections that the config file does not close must not keep the process alive.
void runCommand(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
