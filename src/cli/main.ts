#!/usr/bin/env node
import colors from 'picocolors';
import { processIo } from './io.ts';
import { runCli } from './program.ts';

// A reader that has seen enough (`tilecheck run | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// Not process.exit(): output to a pipe would be cut off.
process.exitCode = await runCli(process.argv.slice(2), processIo(colors.isColorSupported));
