/**
 * The built modules: sources run by jiti pay for every call across files, which users of the package do not. Types come
 * from the sources.
 */
async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../dist/${path}`, import.meta.url).href)) as T;
}

export const { attention, fixedExp, gelu, layernorm } =
  await built<typeof import('../reference/index.ts')>('reference/index.js');
export const { absRel, compare } =
  await built<typeof import('../src/compare/index.ts')>('src/compare/index.js');
export const { packBuffers, unpackOutputs } =
  await built<typeof import('../src/spec/buffers.ts')>('src/spec/buffers.js');
export const { arbitraryInputs } = await built<typeof import('../src/spec/cases.ts')>('src/spec/cases.js');
export const { judge } = await built<typeof import('../src/spec/judge.ts')>('src/spec/judge.js');
export const { discover } = await built<typeof import('../src/cli/discover.ts')>('src/cli/discover.js');
export const { simd } = await built<typeof import('../src/simd/module.ts')>('src/simd/module.js');
export const { RandomState, tensor, writeNpy } =
  await built<typeof import('../src/tensor/index.ts')>('src/tensor/index.js');
