import type { ByteSet, Interval } from '../dataflow/index.ts';
import type { Transfer } from '../txn/index.ts';
import type { StreamFacts } from './facts.ts';
import type { Evidence } from './issue.ts';

/** Evidence at an operation of the stream. */
export function atOperation({ stream }: StreamFacts, index: number, text: string): Evidence {
  return { file: stream.name, offset: stream.operations[index]?.offset ?? 0, text };
}

/** Evidence at the push of a transfer. */
export function atPush(facts: StreamFacts, transfer: Transfer, text: string): Evidence {
  return atOperation(facts, transfer.pushOperation, `${transferName(transfer)} ${text}`);
}

/** `MM2S0 of column 2 (descriptor 1)`. */
export function transferName({ direction, channel, column, bd }: Transfer): string {
  return `${direction}${channel} of column ${column} (descriptor ${bd})`;
}

/** `bytes 0 to 4095`. */
export const rangeText = ({ start, end }: Interval): string => `bytes ${start} to ${end - 1}`;

/** What a set touches, in a few words. */
export const touchedText = (set: ByteSet): string =>
  set.exact && set.bytes === set.end - set.start
    ? rangeText(set)
    : `${set.exact ? '' : 'up to '}${set.bytes} of ${rangeText(set)}`;

/** How a data argument is called: by its place among the buffers, and in the host's call (FORMATS.md 5.3). */
export const argumentText = (argument: number): string => `bo${argument} (call argument ${argument + 3})`;
