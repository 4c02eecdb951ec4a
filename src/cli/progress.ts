import spinner from 'yocto-spinner';
import type { Io } from './io.ts';

/** Shows what is being done, for people who wait. */
export interface Progress {
  show(text: string): void;
  /** A line that stays, on stderr. */
  note(text: string): void;
  stop(): void;
}

/** A spinner on stderr where that is a terminal and no CI; silence elsewhere. */
export function createProgress({ env, stderr }: Io): Progress {
  if (stderr.isTTY !== true || (env.CI ?? '') !== '') {
    return {
      show: () => undefined,
      note: (text) => void stderr.write(`note: ${text}\n`),
      stop: () => undefined,
    };
  }
  const shown = spinner({ stream: process.stderr });
  return {
    show: (text) => {
      shown.text = text;
      if (!shown.isSpinning) shown.start();
    },
    note: (text) => {
      shown.stop();
      stderr.write(`note: ${text}\n`);
    },
    stop: () => void shown.stop(),
  };
}
