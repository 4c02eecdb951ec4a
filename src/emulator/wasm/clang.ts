import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EnvironmentError } from '../../errors.ts';

/** A file tree as `@yowasp/clang` takes and returns it. */
interface Tree {
  [name: string]: Tree | string | Uint8Array;
}

interface RunOptions {
  readonly stdout: (bytes: Uint8Array | null) => void;
  readonly stderr: (bytes: Uint8Array | null) => void;
  readonly decodeASCII: boolean;
}

interface ClangModule {
  readonly commands: {
    clang(args: readonly string[], files: Tree, options: RunOptions): Promise<Tree>;
  };
  runLLVM(args: undefined, files: Tree, options: { fetchProgress: () => void }): Promise<unknown>;
}

/** Where the compiler was found; its code (100 MB) is loaded by {@link runClang} only. */
export interface ClangPackage {
  readonly entry: string;
  readonly version: string;
}

/** Places `@yowasp/clang` is looked for from: beside tilecheck, then in the project one stands in. */
function searchPlaces(): string[] {
  return [import.meta.url, join(process.cwd(), 'package.json')];
}

/** Finds `@yowasp/clang` without loading it. Throws {@link EnvironmentError} `CLANG_MISSING`. */
export async function findClang(from: readonly string[] = searchPlaces()): Promise<ClangPackage> {
  for (const place of from) {
    try {
      const entry = createRequire(place).resolve('@yowasp/clang');
      const manifest = await readFile(join(dirname(entry), '..', 'package.json'), 'utf8');
      const { version } = JSON.parse(manifest) as { version: string };
      return { entry, version };
    } catch {
      // Not installed as seen from here.
    }
  }
  throw new EnvironmentError(
    'CLANG_MISSING',
    'the emulator compiles core programs with the npm package @yowasp/clang, which is not installed',
    'npm install --save-dev @yowasp/clang',
  );
}

function toTree(files: ReadonlyMap<string, string>): Tree {
  const root: Tree = {};
  for (const [path, text] of files) {
    const parts = path.split('/');
    const name = parts.pop()!;
    let folder = root;
    for (const part of parts) {
      folder[part] ??= {};
      folder = folder[part] as Tree;
    }
    folder[name] = text;
  }
  return root;
}

export interface ClangOutput {
  /** The linked module; undefined if the compiler failed. */
  readonly wasm: Uint8Array<ArrayBuffer> | undefined;
  readonly diagnostics: string;
}

/** Compiles and links `main` out of `files`. The first call in a process takes seconds, later ones tenths. */
export async function runClang(
  clang: ClangPackage,
  args: readonly string[],
  main: string,
  files: ReadonlyMap<string, string>,
): Promise<ClangOutput> {
  const { commands, runLLVM } = (await import(
    /* @vite-ignore */ pathToFileURL(clang.entry).href
  )) as unknown as ClangModule;
  // Loads the compiler's resources in silence; left to itself `commands.clang` reports progress on the console.
  await runLLVM(undefined, {}, { fetchProgress: () => undefined });
  const text = new TextDecoder();
  let diagnostics = '';
  const collect = (bytes: Uint8Array | null): void => {
    if (bytes !== null) diagnostics += text.decode(bytes, { stream: true });
  };
  try {
    // decodeASCII would turn a module without a byte above 127 into a string.
    const options = { stdout: collect, stderr: collect, decodeASCII: false };
    const output = await commands.clang([...args, main, '-o', 'core.wasm'], toTree(files), options);
    return { wasm: Uint8Array.from(output['core.wasm'] as Uint8Array), diagnostics };
  } catch (thrown) {
    // The package's own Exit error carries nothing but the exit code; anything else is a failure of the package.
    if (!(thrown instanceof Error && 'code' in thrown && 'files' in thrown)) throw thrown;
    return { wasm: undefined, diagnostics };
  }
}
