import { FormatError, messageOf } from '../../errors.ts';
import {
  bytesOf,
  codesOf,
  describe,
  fromBytes,
  fromStorage,
  readNpz,
  type Tensor,
  writeNpz,
} from '../../tensor/index.ts';
import type { Tensors } from '../kernel.ts';
import { levels } from '../verdict.ts';
import { failureId, type KeptFailure } from './kept.ts';

/**
 * One failure is one .npz file, so that arrays and description cannot get out of step: `inputs.<part>`,
 * `expected.<output>` and `actual.<output>` hold the tensors, and `failure` (uint8) the UTF-8 bytes of a JSON text with
 * all the rest. In NumPy: `np.load(f)['inputs.q']` and `json.loads(bytes(np.load(f)['failure']))`.
 */

const VERSION = 1;
const DESCRIPTION = 'failure';
const GROUPS = ['inputs', 'expected', 'actual'] as const;
type Group = (typeof GROUPS)[number];

/** The JSON text: what is no tensor, and the dtypes that NumPy lacks. */
interface Description extends Omit<KeptFailure, Group> {
  readonly version: number;
  /** Arrays that hold bf16 as f32. */
  readonly bf16: readonly string[];
}

/**
 * bf16 is the upper half of a float32. Moved as bits and not as numbers, so that every code comes back, NaN payloads
 * included, while NumPy reads plain values.
 */
function widened(t: Tensor<'bf16'>): Tensor<'f32'> {
  const words = Uint32Array.from(codesOf(t), (code) => code << 16);
  return fromStorage('f32', t.shape, new Float32Array(words.buffer));
}

function narrowed(t: Tensor): Tensor<'bf16'> {
  const bytes = Uint8Array.from(bytesOf(t));
  const words = new Uint32Array(bytes.buffer);
  return fromStorage(
    'bf16',
    t.shape,
    Uint16Array.from(words, (word) => word >>> 16),
  );
}

function isBf16(t: Tensor): t is Tensor<'bf16'> {
  return t.dtype === 'bf16';
}

/** The bytes of a failure's file; the same failure gives the same bytes. */
export function encodeFailure(failure: KeptFailure): Uint8Array<ArrayBuffer> {
  const arrays: Record<string, Tensor> = {};
  const bf16: string[] = [];
  const { inputs, expected, actual, ...rest } = failure;
  for (const [group, tensors] of Object.entries({ inputs, expected, actual })) {
    for (const [name, t] of Object.entries(tensors ?? {})) {
      const key = `${group}.${name}`;
      if (isBf16(t)) bf16.push(key);
      arrays[key] = isBf16(t) ? widened(t) : t;
    }
  }
  const description: Description = { version: VERSION, ...rest, bf16 };
  const json = new TextEncoder().encode(`${JSON.stringify(description, null, 1)}\n`);
  return writeNpz({ [DESCRIPTION]: fromBytes('uint8', [json.length], json), ...arrays }, { compress: true });
}

/**
 * The failure in a file's bytes. Throws {@link FormatError} naming `name` for anything that {@link encodeFailure} did
 * not write, and for inputs that do not give the failure's id.
 */
export function decodeFailure(bytes: Uint8Array, name: string): KeptFailure {
  const arrays = readNpz(bytes, name);
  const { version, bf16, ...rest } = descriptionIn(arrays.get(DESCRIPTION), name);
  arrays.delete(DESCRIPTION);
  const groups: Partial<Record<Group, Record<string, Tensor>>> = {};
  for (const [key, t] of arrays) {
    const [group, part] = splitKey(key, name);
    groups[group] ??= {};
    groups[group][part] = bf16.includes(key) ? bf16In(t, key, name) : t;
  }
  const { inputs, ...outputs } = groups;
  if (inputs === undefined) throw new FormatError(`${name} holds no inputs`);
  const failure: KeptFailure = { ...rest, ...(outputs as Record<string, Tensors>), inputs };
  if (failureId(failure) !== failure.id) {
    throw new FormatError(`${name}: its inputs are not those of failure ${failure.id}`);
  }
  return failure;
}

function splitKey(key: string, name: string): [Group, string] {
  const dot = key.indexOf('.');
  const group = GROUPS.find((each) => each === key.slice(0, dot));
  if (group === undefined) throw new FormatError(`${name}: array '${key}' is no part of a failure`);
  return [group, key.slice(dot + 1)];
}

function bf16In(t: Tensor, key: string, name: string): Tensor {
  if (t.dtype !== 'f32') throw new FormatError(`${name}: ${key} is ${describe(t)}, not bf16 kept as f32`);
  return narrowed(t);
}

function descriptionIn(array: Tensor | undefined, name: string): Description {
  if (array === undefined) throw new FormatError(`${name} holds no description`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(array)));
  } catch (thrown) {
    throw new FormatError(`${name}: its description is no JSON: ${messageOf(thrown)}`);
  }
  const wrong = problemOf(value);
  if (wrong !== null) throw new FormatError(`${name}: ${wrong}`);
  return value as Description;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const FIELDS: Readonly<Record<keyof Description, (value: unknown) => boolean>> = {
  version: (value) => value === VERSION,
  id: (value) => isText(value) && /^[0-9a-f]{16}$/.test(value as string),
  kernel: isText,
  level: (value) => (levels as readonly unknown[]).includes(value),
  input: isText,
  seed: isCount,
  path: isTextOrNull,
  device: (value) => typeof value === 'object' && value !== null && 'kind' in value && 'name' in value,
  artifactDigest: isText,
  diagnosis: isTextOrNull,
  evidence: isText,
  createdAt: (value) => isText(value) && !Number.isNaN(Date.parse(value as string)),
  passes: isCount,
  bf16: (value) => Array.isArray(value) && value.every(isText),
};

/** What is wrong with a description, or null. */
function problemOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'its description is no object';
  const fields = value as Readonly<Record<string, unknown>>;
  const bad = Object.entries(FIELDS).find(([field, valid]) => !valid(fields[field]));
  if (bad === undefined) return null;
  const [field] = bad;
  return `its ${field} is ${JSON.stringify(fields[field]) ?? 'missing'}, which this version of tilecheck cannot use`;
}
