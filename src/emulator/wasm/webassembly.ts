/**
 * The few parts of the WebAssembly JavaScript API that are used here. Neither `lib.es2023` nor `@types/node` 20
 * declares them, and `lib.dom` would bring a browser's globals into every file.
 */

export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmGlobal {
  value: number;
}

export type WasmFunction = (...args: number[]) => unknown;
export type WasmExport = WasmFunction | WasmMemory | WasmGlobal;

export interface WasmInstance {
  readonly exports: Readonly<Record<string, WasmExport | undefined>>;
}

interface WasmApi {
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): WasmModule;
    imports(module: WasmModule): { readonly module: string; readonly name: string }[];
    exports(module: WasmModule): { readonly name: string; readonly kind: string }[];
  };
  readonly Instance: new (module: WasmModule) => WasmInstance;
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}

export const wasm = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
