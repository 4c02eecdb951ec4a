import { TilecheckError, ValueError } from '../../errors.ts';
import type { CompiledCore } from './cache.ts';
import { type CompileOptions, compileCore, ProgramTooLargeError, TILE_BYTES } from './compile.ts';
import { linkedStack, planTile, type TileBuffer, type TileNeeds, tileMemoryError } from './layout.ts';
import { type WasmFunction, type WasmGlobal, type WasmModule, wasm } from './webassembly.ts';

/** A core program and the tile it is to run in. */
export interface ProgramSpec {
  /** Name used in messages. */
  readonly name: string;
  /** Path of the C11 source. */
  readonly source: string;
  /** Function called once a run with one pointer for each buffer in order. */
  readonly entry: string;
  /** Declared stack in bytes. */
  readonly stackSize: number;
  /** Copies of each buffer in tile memory. */
  readonly bufferDepth: number;
  /** Buffers of one tile. */
  readonly buffers: readonly TileBuffer[];
}

/** A program that compiled, linked and fits its tile; any number of tiles can run it. */
export interface Program {
  readonly spec: ProgramSpec;
  readonly module: WasmModule;
  readonly needs: TileNeeds;
  /** What the compiler warned about; empty where it did not. */
  readonly warnings: string;
}

function wholeNumber(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new ValueError(`${name} is ${value}`, `give a whole number from ${min} to ${max}`);
  }
}

async function compile(spec: ProgramSpec, options: Partial<CompileOptions>): Promise<CompiledCore> {
  const stack = linkedStack(spec.stackSize);
  try {
    return await compileCore(spec.source, { ...options, linkedStack: stack, frameLimit: spec.stackSize });
  } catch (thrown) {
    if (!(thrown instanceof ProgramTooLargeError)) throw thrown;
    throw tileMemoryError(spec.name, { ...spec, staticEnd: thrown.bytes, depth: spec.bufferDepth });
  }
}

function checkLinkage(spec: ProgramSpec, module: WasmModule): void {
  const imports = wasm.Module.imports(module).map(({ name }) => name);
  if (imports.length > 0) {
    throw new TilecheckError(
      'CORE_IMPORTS',
      `${spec.source} needs ${imports.join(', ')} from an operating system; a compute tile has none`,
      { hint: 'remove printf, malloc, file and clock calls from the core program' },
    );
  }
  const functions = wasm.Module.exports(module)
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name);
  if (!functions.includes(spec.entry)) {
    const defined = functions.length === 0 ? 'no function that is not static' : functions.join(', ');
    throw new TilecheckError(
      'ENTRY_MISSING',
      `${spec.source} has no function '${spec.entry}'; it defines ${defined}`,
      { hint: 'set `core.entry` to one of them, and do not declare it static' },
    );
  }
}

/**
 * Compiles and links a program and plans its tile.
 *
 * Throws what `compileCore` throws, `TILE_MEMORY` (with a budget table), `CORE_IMPORTS` (the source calls into an
 * operating system), `ENTRY_MISSING`, and `VALUE` where the spec itself is not sound.
 */
export async function loadProgram(
  spec: ProgramSpec,
  options: Pick<CompileOptions, 'cacheDir' | 'clang'> = {},
): Promise<Program> {
  wholeNumber(`stackSize of ${spec.name}`, spec.stackSize, 16, TILE_BYTES);
  wholeNumber(`bufferDepth of ${spec.name}`, spec.bufferDepth, 1, 16);
  for (const { name, bytes } of spec.buffers) wholeNumber(`size of buffer '${name}'`, bytes, 1, 2 ** 31);
  const core = await compile(spec, options);
  const module = new wasm.Module(core.wasm);
  checkLinkage(spec, module);
  const { exports } = new wasm.Instance(module);
  const takes = (exports[spec.entry] as WasmFunction).length;
  if (takes !== spec.buffers.length) {
    throw new TilecheckError(
      'ENTRY_SIGNATURE',
      `'${spec.entry}' in ${spec.source} takes ${takes} parameters, but ${spec.name} has ${spec.buffers.length} buffers`,
      { hint: `declare one pointer for each buffer: ${spec.buffers.map(({ name }) => name).join(', ')}` },
    );
  }
  const staticEnd = (exports.__data_end as WasmGlobal).value;
  const needs = { stackSize: spec.stackSize, staticEnd, buffers: spec.buffers, depth: spec.bufferDepth };
  planTile(spec.name, needs, 0);
  return { spec, module, needs, warnings: core.warnings };
}
