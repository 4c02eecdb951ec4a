import { readFileSync } from 'node:fs';
import { codesOf, type DType, type StorageOf, type Tensor, toFloat64 } from '../tensor/index.ts';

/** The parts of the WebAssembly JavaScript API used here; `lib.es2023` declares none. */
interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What `src/simd/*.c` exports; pointers and counts are numbers, doubles are doubles. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  readonly __heap_base: { readonly value: number };
  attention(...args: readonly number[]): void;
  attention_int8(...args: readonly number[]): void;
  measure_f32(...args: readonly number[]): number;
  measure_int8(...args: readonly number[]): number;
  gelu_sigmoid(at: number, count: number): void;
  gelu_tanh(at: number, count: number, root: number): void;
  narrow_int8(from: number, to: number, count: number): void;
  widen_f32(from: number, to: number, count: number): void;
  widen_int8(from: number, to: number, count: number): void;
}

/**
 * The WebAssembly SIMD functions and the memory they work on. One operation at a time: `begin` forgets what the one
 * before had allocated. Views of memory are made after the last allocation, because growing detaches them.
 */
export class Simd {
  readonly run: Exports;
  #top = 0;

  constructor(exports: Exports) {
    this.run = exports;
  }

  begin(): void {
    this.#top = this.run.__heap_base.value;
  }

  /** Address of `bytes` fresh bytes, a multiple of 16. */
  alloc(bytes: number): number {
    const at = Math.ceil(this.#top / 16) * 16;
    this.#top = at + bytes;
    const missing = this.#top - this.run.memory.buffer.byteLength;
    if (missing > 0) this.run.memory.grow(Math.ceil(missing / 65536));
    return at;
  }

  get buffer(): ArrayBuffer {
    return this.run.memory.buffer;
  }
}

/** Every function that must be there: a file built from older sources lacks some, and is then as good as absent. */
const FUNCTIONS: readonly (keyof Exports)[] = [
  'attention',
  'attention_int8',
  'measure_f32',
  'measure_int8',
  'gelu_sigmoid',
  'gelu_tanh',
  'narrow_int8',
  'widen_f32',
  'widen_int8',
];

let loaded: Simd | null | undefined;

/**
 * The compiled functions; null where `npm run build` has not made them, where this Node has no WebAssembly SIMD, or
 * where the environment variable TILECHECK_SIMD is `off`. Everything that uses them has a plain version too.
 */
export function simd(): Simd | null {
  if (loaded === undefined) loaded = load();
  return loaded;
}

function load(): Simd | null {
  if (process.env.TILECHECK_SIMD === 'off') return null;
  try {
    const bytes = readFileSync(new URL('./simd.wasm', import.meta.url));
    const { Instance, Module } = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
    const exports = new Instance(new Module(bytes)).exports as Exports;
    return FUNCTIONS.every((name) => typeof exports[name] === 'function') ? new Simd(exports) : null;
  } catch {
    return null;
  }
}

/** Puts stored codes into memory as they are; returns their address. */
export function placeCodes(fast: Simd, codes: StorageOf[DType]): number {
  const at = fast.alloc(codes.byteLength);
  new Uint8Array(fast.buffer, at).set(new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength));
  return at;
}

/** Puts codes that are their own values (all but bf16 and f16) into memory as float64; returns their address. */
export function placeFloat64(fast: Simd, codes: StorageOf[DType]): number {
  const at = fast.alloc(8 * codes.length);
  if (codes instanceof Int8Array) fast.run.widen_int8(placeCodes(fast, codes), at, codes.length);
  else if (codes instanceof Float32Array) fast.run.widen_f32(placeCodes(fast, codes), at, codes.length);
  else new Float64Array(fast.buffer, at).set(codes);
  return at;
}

/** Codes of `t` in C order that {@link placeFloat64} takes. */
export function plainCodes(t: Tensor): StorageOf[DType] {
  return t.dtype === 'bf16' || t.dtype === 'f16' ? toFloat64(t) : codesOf(t);
}

/** Runs `body` with the plain versions only. */
export function withoutSimd<T>(body: () => T): T {
  const before = loaded;
  loaded = null;
  try {
    return body();
  } finally {
    loaded = before;
  }
}
