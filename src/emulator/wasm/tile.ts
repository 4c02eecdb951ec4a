import { ShapeError } from '../../errors.ts';
import type { TileFinding } from './finding.ts';
import { linkedStack, planTile, type TileLayout } from './layout.ts';
import type { Program } from './program.ts';
import { finishesWithin } from './timed-call.ts';
import { describeTrap, largeFrames, nullWrite } from './trap.ts';
import {
  type WasmFunction,
  type WasmGlobal,
  type WasmInstance,
  type WasmMemory,
  wasm,
} from './webassembly.ts';

export interface TileRunOptions {
  readonly timeLimitMs: number;
  readonly guardBytes: number;
  /** Byte that fills everything the program does not own; its complement paints the stack. */
  readonly guardFill: number;
}

export interface TileResult {
  /** `trapped` covers stack overflow too, whether or not it ended in a trap. */
  readonly outcome: 'completed' | 'trapped' | 'timeout';
  /** Each buffer in order, as the tile leaves it; of an outcome other than `completed` it says nothing. */
  readonly buffers: readonly Uint8Array<ArrayBuffer>[];
  readonly findings: readonly TileFinding[];
}

function highWater(used: number, stackSize: number): TileFinding {
  return {
    code: 'STACK_HIGH_WATER',
    severity: 'info',
    evidence: `at least ${used} of ${stackSize} bytes of stack used (WebAssembly keeps scalars off this stack)`,
  };
}

/**
 * One compute tile running a core program. As on hardware, static data persists from run to run and successive runs
 * use the next copy of each buffer (ping-pong). Unlike on hardware, everything the program does not own is refilled
 * before each run, so that what it reads or writes there can be seen. After a trap or time-out the tile is reset.
 */
export class Tile {
  readonly #program: Program;
  #instance: WasmInstance;
  #layout: TileLayout;
  #askedGuard: number;
  #runs = 0;
  /** Bytes of the entry's frame where it is larger than the stack, else 0. */
  readonly #entryFrame: number;

  constructor(program: Program, guardBytes = 64) {
    this.#program = program;
    this.#instance = new wasm.Instance(program.module);
    this.#askedGuard = guardBytes;
    this.#entryFrame = largeFrames(program.warnings).get(program.spec.entry) ?? 0;
    this.#layout = planTile(program.spec.name, program.needs, guardBytes);
  }

  /** Bytes of guard band in use: less than asked for where the tile is nearly full. */
  get guardBytes(): number {
    return this.#layout.guardBytes;
  }

  /**
   * Runs the program once. `inputs[b]` is the content of buffer b before the run, outputs included. Throws
   * {@link ShapeError} if a buffer has the wrong number of bytes.
   */
  run(inputs: readonly Uint8Array[], options: TileRunOptions): TileResult {
    const { needs, spec } = this.#program;
    const sizes = needs.buffers.map(({ bytes }) => bytes);
    if (inputs.map(({ length }) => length).join() !== sizes.join()) {
      throw new ShapeError(
        `buffers of ${inputs.map(({ length }) => length).join(', ')} bytes; the tile has ${sizes.join(', ')}`,
      );
    }
    if (options.guardBytes !== this.#askedGuard) {
      this.#askedGuard = options.guardBytes;
      this.#layout = planTile(spec.name, needs, options.guardBytes);
    }
    const addresses = this.#layout.copies[this.#runs++ % needs.depth]!;
    const memory = new Uint8Array((this.#instance.exports.memory as WasmMemory).buffer);
    const paint = ~options.guardFill & 0xff;
    memory.fill(paint, 0, linkedStack(needs.stackSize));
    memory.fill(options.guardFill, needs.staticEnd);
    inputs.forEach((bytes, b) => {
      memory.set(bytes, addresses[b]!);
    });

    const ending = this.#call(addresses, options.timeLimitMs);
    if (ending.late) {
      this.#reset();
      return { outcome: 'timeout', buffers: [], findings: [] };
    }
    const stackUsed = this.#stackUsed(memory, paint);
    const trap = this.#nullWritten(memory, paint)
      ? nullWrite
      : describeTrap(ending.thrown, stackUsed, needs.stackSize, this.#program.warnings);
    if (trap !== undefined) {
      this.#reset();
      return { outcome: 'trapped', buffers: [], findings: [trap] };
    }
    const buffers = addresses.map((address, b) => memory.slice(address, address + needs.buffers[b]!.bytes));
    return {
      outcome: 'completed',
      buffers,
      findings: [
        ...this.#overwritten(memory, addresses, options.guardFill),
        ...this.#writtenInputs(inputs, buffers),
        highWater(stackUsed, needs.stackSize),
      ],
    };
  }

  #reset(): void {
    this.#instance = new wasm.Instance(this.#program.module);
    this.#runs = 0;
  }

  #call(addresses: readonly number[], timeLimitMs: number): { late: boolean; thrown?: unknown } {
    const entry = this.#instance.exports[this.#program.spec.entry] as WasmFunction;
    try {
      return { late: !finishesWithin(timeLimitMs, () => entry(...addresses)) };
    } catch (thrown) {
      return { late: false, thrown };
    }
  }

  /** Whether address 0 was written, but not by a stack that grew down to it: that would have passed 16 to 63. */
  #nullWritten(memory: Uint8Array, paint: number): boolean {
    const painted = (byte: number): boolean => byte === paint;
    return !memory.subarray(0, 16).every(painted) && memory.subarray(16, 64).every(painted);
  }

  /**
   * Bytes of stack known to have been used: down to the lowest byte written or to where the pointer stopped, and at
   * least the frame of the entry, whose lower end need not have been touched.
   */
  #stackUsed(memory: Uint8Array, paint: number): number {
    const top = linkedStack(this.#program.needs.stackSize);
    let lowest = 0;
    while (lowest < top && memory[lowest] === paint) lowest++;
    const pointer = (this.#instance.exports.__stack_pointer as WasmGlobal).value;
    return Math.max(top - Math.min(lowest, pointer), this.#entryFrame);
  }

  /** Writes outside the copies in use and static data. */
  #overwritten(memory: Uint8Array, addresses: readonly number[], fill: number): TileFinding[] {
    const findings: TileFinding[] = [];
    const untouched = Buffer.alloc(memory.length, fill);
    for (const { name, start, end } of this.#layout.regions) {
      if (addresses.includes(start)) continue;
      const bytes = memory.subarray(start, end);
      if (Buffer.compare(bytes, untouched.subarray(0, bytes.length)) === 0) continue;
      const changed = bytes.reduce((count, byte) => (byte === fill ? count : count + 1), 0);
      const first = bytes.findIndex((byte) => byte !== fill);
      findings.push({
        code: 'GUARD_OVERWRITTEN',
        severity: 'error',
        evidence: `${changed} bytes written in the ${end - start}-byte ${name}, first at its offset ${first}`,
        fix: 'the program writes outside its buffers: compare its loop bounds and strides with the buffer sizes',
      });
    }
    return findings;
  }

  #writtenInputs(before: readonly Uint8Array[], after: readonly Uint8Array[]): TileFinding[] {
    return this.#program.needs.buffers.flatMap(({ name, direction }, b): TileFinding[] => {
      if (direction === 'out' || Buffer.compare(before[b]!, after[b]!) === 0) return [];
      const first = before[b]!.findIndex((byte, i) => byte !== after[b]![i]);
      const evidence = `the program wrote into its input '${name}' in tile memory, first at byte ${first}`;
      const fix =
        'declare the pointer const; on hardware whoever reads that tile buffer next sees the change';
      return [{ code: 'INPUT_WRITTEN', severity: 'error', evidence, fix }];
    });
  }
}
