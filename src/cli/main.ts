#!/usr/bin/env node
import colors from 'picocolors';
import { processIo } from './io.ts';
import { runCli } from './program.ts';

// A reader that has seen enough (`tilecheck run | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// A device process does not keep this one alive; while a command runs, this timer does.
const alive = setInterval(() => undefined, 2 ** 30);
try {
  // Not process.exit(): output to a pipe would be cut off.
  process.exitCode = await runCli(process.argv.slice(2), processIo(colors.isColorSupported));
} finally {
  clearInterval(alive);
}
