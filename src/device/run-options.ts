import { ValueError } from '../errors.ts';
import type { RunOptions } from './contract.ts';

/** Longer than a timer can wait, or a device should. */
const longestLimitMs = 3_600_000;

function inRange(name: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  throw new ValueError(`${name} is ${value}`, `give a number from ${min} to ${max}`);
}

/** `options` with every default in place. Throws {@link ValueError} for a value that means nothing. */
export function completeRunOptions(options: RunOptions = {}): Required<RunOptions> {
  const { timeLimitMs = 10_000, guardBytes = 64, guardFill = 0xc3 } = options;
  inRange('timeLimitMs', timeLimitMs, 1, longestLimitMs);
  inRange('guardBytes', guardBytes, 0, 65_536);
  inRange('guardFill', guardFill, 0, 255);
  return { timeLimitMs, guardBytes: Math.ceil(guardBytes), guardFill: Math.floor(guardFill) };
}
