import { decodeShimBd } from './bd.ts';
import type { Direction, InstructionStream, Operation, Sync } from './operations.ts';
import { decodeQueuePush, SHIM_BD_COUNT, shimRegister, tileAddress } from './registers.ts';
import type { Lifted, LiftProblem, LiftProblemCode, Transfer, TransferPart, Wait } from './transfers.ts';

/**
 * Follows the writes of a stream to the shim DMAs and lifts them into transfers and waits.
 *
 * A token is issued when a task ends, tasks of one channel run in order: the k-th wait on a channel completes the k-th
 * push with a token, and every push of that channel before it. No other completion is assumed.
 */
export function lift(stream: Pick<InstructionStream, 'operations'>): Lifted {
  const lifter = new Lifter();
  for (const operation of stream.operations) lifter.step(operation);
  return { transfers: lifter.transfers, waits: lifter.waits, problems: lifter.problems };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The descriptors of one shim tile, as far as the stream wrote them. */
class Descriptors {
  readonly words = new Uint32Array(8 * SHIM_BD_COUNT);
  /** Bit w of entry n: word w of descriptor n was written. */
  readonly written = new Uint8Array(SHIM_BD_COUNT);
  readonly writtenBy = new Int32Array(SHIM_BD_COUNT).fill(-1);
  /** Runs since word 6 was written: hardware keeps the iteration counter across pushes. */
  readonly runs = new Uint32Array(SHIM_BD_COUNT);
  readonly patches: ({ argument: number; offset: number; operation: number } | undefined)[] = [];
}

interface Channel {
  readonly transfers: number[];
  /** Transfers before this position are complete. */
  done: number;
  /** Positions in `transfers` of pushes with a token that nothing has waited for, from `nextToken` on. */
  readonly tokens: number[];
  nextToken: number;
  controllerId: number | undefined;
}

/** Columns a 32-bit register address can name. */
const COLUMN_LIMIT = 128;

class Lifter {
  readonly transfers: Mutable<Transfer>[] = [];
  readonly waits: Wait[] = [];
  readonly problems: LiftProblem[] = [];
  readonly #columns: (Descriptors | undefined)[] = [];
  readonly #channels: (Channel | undefined)[] = [];

  step(operation: Operation): void {
    switch (operation.kind) {
      case 'write':
        this.#write(operation, operation.address, operation.value, 0xffff_ffff);
        break;
      case 'maskwrite':
        this.#write(operation, operation.address, operation.value, operation.mask);
        break;
      case 'blockwrite':
        this.#blockWrite(operation, operation.address, operation.words);
        break;
      case 'patch':
        this.#patch(operation, operation.address, operation.argument, operation.argumentOffset);
        break;
      case 'shimbd': {
        if (operation.columns !== 1) {
          const message = `descriptors for ${operation.columns} columns: only the first is followed`;
          this.#report('MANY_COLUMNS', operation, message);
        }
        if (operation.column >= COLUMN_LIMIT) break;
        const { column, bd, words, argument, argumentOffset } = operation;
        words.forEach((word, index) => {
          this.#writeBd(operation, column, bd, index, word, 0xffff_ffff);
        });
        this.#descriptors(column).patches[bd] = {
          argument,
          offset: argumentOffset,
          operation: operation.index,
        };
        break;
      }
      case 'sync':
        this.#wait(operation);
        break;
      default:
        break;
    }
  }

  #report(code: LiftProblemCode, operation: Operation, message: string): void {
    this.problems.push({ code, operation: operation.index, message });
  }

  #descriptors(column: number): Descriptors {
    this.#columns[column] ??= new Descriptors();
    return this.#columns[column];
  }

  #channel(column: number, direction: Direction, channel: number): Channel {
    const slot = channelSlot(column, direction, channel);
    this.#channels[slot] ??= { transfers: [], done: 0, tokens: [], nextToken: 0, controllerId: undefined };
    return this.#channels[slot];
  }

  #blockWrite(operation: Operation, address: number, words: Uint32Array): void {
    // Only the part that falls into a shim tile's DMA registers matters; a long block elsewhere is not walked.
    const { row, offset } = tileAddress(address);
    if (row !== 0) return;
    const first = Math.max(0, Math.ceil((0x1d000 - offset) / 4));
    const last = Math.min(words.length, Math.ceil((0x1d300 - offset) / 4));
    for (let index = first; index < last; index += 1) {
      this.#write(operation, address + 4 * index, words[index]!, 0xffff_ffff);
    }
  }

  #write(operation: Operation, address: number, value: number, mask: number): void {
    const { column, row, offset } = tileAddress(address);
    if (row !== 0 || column >= COLUMN_LIMIT) return;
    const register = shimRegister(offset);
    if (register === undefined) return;
    if (register.kind === 'bd') this.#writeBd(operation, column, register.bd, register.word, value, mask);
    else if (register.kind === 'queue')
      this.#push(operation, column, register.direction, register.channel, value);
    else if (register.kind === 'control' && (mask & 0xff00) !== 0) {
      const channel = this.#channel(column, register.direction, register.channel);
      channel.controllerId = (((channel.controllerId ?? 0) << 8) & ~mask & 0xff00) >>> 8;
      channel.controllerId |= (value & mask & 0xff00) >>> 8;
    }
  }

  #writeBd(
    operation: Operation,
    column: number,
    bd: number,
    word: number,
    value: number,
    mask: number,
  ): void {
    const state = this.#descriptors(column);
    const at = 8 * bd + word;
    state.words[at] = (state.words[at]! & ~mask) | (value & mask);
    state.written[bd] = state.written[bd]! | (1 << word);
    state.writtenBy[bd] = operation.index;
    if (word === 1) state.patches[bd] = undefined;
    if (word === 6) state.runs[bd] = 0;
  }

  #patch(operation: Operation, address: number, argument: number, offset: number): void {
    const { column, row, offset: register } = tileAddress(address);
    const place = row === 0 && column < COLUMN_LIMIT ? shimRegister(register) : undefined;
    if (place?.kind !== 'bd' || place.word > 1) {
      const message = `address patch at 0x${address.toString(16)}, which is not word 1 of a shim buffer descriptor`;
      this.#report('PATCH_OUTSIDE_BD', operation, message);
      return;
    }
    const what = `descriptor ${place.bd} of column ${column}`;
    if (place.word === 0) {
      this.#report('LENGTH_PATCH', operation, `the length of ${what} is patched when the stream is loaded`);
      return;
    }
    const state = this.#descriptors(column);
    if (((state.written[place.bd]! >>> 1) & 1) === 0) {
      this.#report('PATCH_BEFORE_BD', operation, `address patch of ${what}, which is not written yet`);
    }
    state.patches[place.bd] = { argument, offset, operation: operation.index };
  }

  #push(operation: Operation, column: number, direction: Direction, channel: number, value: number): void {
    const push = decodeQueuePush(value);
    const queue = this.#channel(column, direction, channel);
    const parts = this.#parts(operation, column, push.bd, push.runs);
    const first = parts[0];
    const operations = new Set(
      parts.flatMap((part) => [part.bdOperation, part.patchOperation ?? part.bdOperation]),
    );
    const index = this.transfers.length;
    this.transfers.push({
      index,
      column,
      channel,
      direction,
      runs: push.runs,
      issuesToken: push.issuesToken,
      parts,
      argument: first?.argument,
      byteOffset: first?.byteOffset ?? 0,
      bd: push.bd,
      controllerId: queue.controllerId,
      pushOperation: operation.index,
      operations: [...operations.add(operation.index)].sort((a, b) => a - b),
      completedBy: undefined,
    });
    if (push.issuesToken) queue.tokens.push(queue.transfers.length);
    queue.transfers.push(index);
  }

  /** The chain of descriptors that starts with `bd`. */
  #parts(operation: Operation, column: number, bd: number, runs: number): TransferPart[] {
    const state = this.#descriptors(column);
    const parts: TransferPart[] = [];
    const seen = new Set<number>();
    for (let next: number | undefined = bd; next !== undefined; ) {
      const what = `descriptor ${next} of column ${column}`;
      if (seen.has(next)) {
        this.#report(
          'BD_CHAIN_LOOP',
          operation,
          `${what} is reached again by Use_Next_BD: the task never ends`,
        );
        break;
      }
      seen.add(next);
      if (state.written[next] === 0) {
        this.#report('BD_NOT_WRITTEN', operation, `${what} is pushed but never written`);
        break;
      }
      if (state.written[next] !== 0xff) {
        this.#report('BD_PARTLY_WRITTEN', operation, `${what} is pushed with words that were never written`);
      }
      const fields = decodeShimBd(state.words.subarray(8 * next, 8 * next + 8));
      if (!fields.validBd) this.#report('BD_NOT_VALID', operation, `${what} is pushed without Valid_BD`);
      const patch = state.patches[next];
      if (patch === undefined) {
        this.#report('BD_NOT_PATCHED', operation, `${what} is pushed without the address of an argument`);
      }
      if (state.runs[next]! % fields.iterationWrap !== 0) {
        const message = `${what} is pushed again in the middle of its iteration: where it starts is not known`;
        this.#report('ITERATION_CARRIED', operation, message);
      }
      state.runs[next] = state.runs[next]! + runs;
      parts.push({
        bd: next,
        fields,
        argument: patch?.argument,
        byteOffset: patch?.offset ?? 0,
        bdOperation: state.writtenBy[next]!,
        patchOperation: patch?.operation,
      });
      next = fields.useNextBd ? fields.nextBd : undefined;
    }
    return parts;
  }

  #wait(sync: Operation & Sync): void {
    const { direction, column, row, channel, columns, rows } = sync;
    const completes: number[] = [];
    if (columns === 0 || rows === 0) {
      this.#report('EMPTY_WAIT', sync, `wait for ${columns} columns and ${rows} rows`);
    }
    // Rows above the shim hold no transfers of host memory; their tokens are not followed.
    const last = row === 0 && rows > 0 ? Math.min(column + columns, COLUMN_LIMIT) : column;
    for (let at = column; at < last; at += 1) {
      const queue = channel < 2 ? this.#channels[channelSlot(at, direction, channel)] : undefined;
      const position = queue?.tokens[queue.nextToken];
      if (queue === undefined || position === undefined) {
        const message = `wait for ${direction}${channel} of column ${at}, where no task with a token is under way`;
        this.#report('NO_TOKEN', sync, message);
        continue;
      }
      queue.nextToken += 1;
      for (; queue.done <= position; queue.done += 1) {
        const transfer = this.transfers[queue.transfers[queue.done]!]!;
        transfer.completedBy = sync.index;
        completes.push(transfer.index);
      }
    }
    this.waits.push({ direction, column, row, channel, columns, rows, operation: sync.index, completes });
  }
}

const channelSlot = (column: number, direction: Direction, channel: number): number =>
  4 * column + (direction === 'MM2S' ? 2 : 0) + channel;
