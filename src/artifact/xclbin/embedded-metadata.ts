import { FormatError } from '../../errors.ts';
import { escapeXml, type XmlEvent, xmlEvents } from './xml.ts';

/** `addressQualifier` by number, as xclbinutil maps it (KernelUtilities.cxx). */
export const ADDRESS_QUALIFIERS = ['SCALAR', 'GLOBAL', 'CONSTANT', 'LOCAL', 'STREAM'] as const;
export type AddressQualifier = (typeof ADDRESS_QUALIFIERS)[number];

/** One argument of a kernel, in the order of the XML. */
export interface KernelArgument {
  /** Position in the host's call; undefined where the XML gives none. */
  readonly id: number | undefined;
  readonly name: string;
  /** GLOBAL is a buffer object, SCALAR a value. */
  readonly qualifier: AddressQualifier;
  /** The C type as written, such as `void*`. */
  readonly type: string;
  /** Byte position in the register map that is handed to the firmware. */
  readonly offset: number;
  /** Bytes it takes there. */
  readonly size: number;
}

/** One kernel of EMBEDDED_METADATA (FORMATS.md 1.4). */
export interface XclbinKernel {
  readonly name: string;
  readonly language: string;
  /** `dpu` for an NPU kernel. */
  readonly type: string;
  /** The extended data of an NPU kernel; undefined elsewhere. */
  readonly dpu:
    | { readonly subtype: number; readonly functional: number; readonly kernelId: number }
    | undefined;
  readonly args: readonly KernelArgument[];
  /** Names of its instances; a compute unit is called `kernel:instance`. */
  readonly instances: readonly string[];
}

/** Where kernels stand in the document. */
const KERNEL_PATH = 'project/platform/device/core/kernel';

/** A kernel of eight arguments takes 1.3 KB; bounds what hostile XML can cost. */
const MAX_XML_BYTES = 2 ** 20;

/**
 * Reads the kernels of EMBEDDED_METADATA. Elements and attributes that say nothing about a kernel's call are passed
 * over. Throws {@link FormatError} where the section is no XML or a kernel lacks what a call needs.
 *
 * @param name the file and section, for messages
 */
export function readEmbeddedMetadata(bytes: Uint8Array, name: string): XclbinKernel[] {
  if (bytes.length > MAX_XML_BYTES) {
    throw new FormatError(
      `${name}: ${bytes.length} bytes are more than the ${MAX_XML_BYTES} any tool writes`,
    );
  }
  const kernels: XclbinKernel[] = [];
  const path: string[] = [];
  let kernel: KernelBuilder | undefined;
  for (const event of xmlEvents(decodeText(bytes, name), name)) {
    if (event.kind === 'open') {
      path.push(event.name);
      const here = path.join('/');
      const element = new Attributes(event, name);
      if (here === KERNEL_PATH) kernel = { element, dpu: undefined, args: [], instances: [] };
      else if (here === `${KERNEL_PATH}/arg`) kernel?.args.push(argument(element));
      else if (here === `${KERNEL_PATH}/instance`) kernel?.instances.push(element.text('name'));
      else if (kernel !== undefined && here === `${KERNEL_PATH}/extended-data`) {
        kernel.dpu = {
          subtype: element.number('subtype'),
          functional: element.number('functional'),
          kernelId: element.number('dpu_kernel_id'),
        };
      }
    } else {
      if (kernel !== undefined && path.join('/') === KERNEL_PATH) {
        const { element, ...rest } = kernel;
        kernels.push({
          name: element.text('name'),
          language: element.text('language', ''),
          type: element.text('type', ''),
          ...rest,
        });
        kernel = undefined;
      }
      path.pop();
    }
  }
  return kernels;
}

interface KernelBuilder {
  readonly element: Attributes;
  dpu: XclbinKernel['dpu'];
  readonly args: KernelArgument[];
  readonly instances: string[];
}

function argument(element: Attributes): KernelArgument {
  const number = element.number('addressQualifier');
  const qualifier = ADDRESS_QUALIFIERS[number];
  if (qualifier === undefined) throw element.error(`has the unknown addressQualifier ${number}`);
  return {
    // xclbinutil writes an empty id for an argument the host does not pass.
    id: element.text('id', '') === '' ? undefined : element.number('id'),
    name: element.text('name'),
    qualifier,
    type: element.text('type'),
    offset: element.number('offset'),
    size: element.number('size'),
  };
}

/** The attributes of one element, with messages that name it. */
class Attributes {
  readonly #event: XmlEvent & { kind: 'open' };
  readonly #name: string;

  constructor(event: XmlEvent & { kind: 'open' }, name: string) {
    this.#event = event;
    this.#name = name;
  }

  text(attribute: string, fallback?: string): string {
    const value = this.#event.attributes.get(attribute) ?? fallback;
    if (value === undefined) throw this.error(`has no '${attribute}'`);
    return value;
  }

  /** A whole number in decimal or, after 0x, hex digits. */
  number(attribute: string): number {
    const text = this.text(attribute);
    const value = /^(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value)) throw this.error(`has '${attribute}' = '${text}', not a whole number`);
    return value;
  }

  error(what: string): FormatError {
    const { name, offset } = this.#event;
    return new FormatError(`${this.#name}: <${name}> at character ${offset} ${what}`);
  }
}

/** A trailing NUL is the end of a C string some tools count in. */
function decodeText(bytes: Uint8Array, name: string): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end));
  } catch {
    throw new FormatError(`${name} is not UTF-8 text`);
  }
}

/** The bytes of EMBEDDED_METADATA, laid out as xclbinutil does, so that the two can be compared. */
export function encodeEmbeddedMetadata(kernels: readonly XclbinKernel[]): Uint8Array {
  const lines = [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<project>',
    '  <platform>',
    '    <device>',
    '      <core>',
    ...kernels.flatMap(kernelLines).map((line) => `        ${line}`),
    '      </core>',
    '    </device>',
    '  </platform>',
    '</project>',
    '',
  ];
  return new TextEncoder().encode(lines.join('\n'));
}

function kernelLines(kernel: XclbinKernel): string[] {
  const { dpu } = kernel;
  const extended =
    dpu === undefined
      ? []
      : [
          element('extended-data', {
            subtype: `${dpu.subtype}`,
            functional: `${dpu.functional}`,
            dpu_kernel_id: hex(dpu.kernelId),
          }),
        ];
  return [
    element('kernel', { name: kernel.name, language: kernel.language, type: kernel.type }, '>'),
    ...[
      ...extended,
      ...kernel.args.map((arg) =>
        element('arg', {
          name: arg.name,
          addressQualifier: `${ADDRESS_QUALIFIERS.indexOf(arg.qualifier)}`,
          id: arg.id === undefined ? '' : `${arg.id}`,
          size: hex(arg.size),
          // mlir-aie writes the first offset as 0x00; so do we, to be equal to its files.
          offset: arg.offset === 0 ? '0x00' : hex(arg.offset),
          hostOffset: '0x0',
          hostSize: hex(arg.size),
          type: arg.type,
        }),
      ),
      ...kernel.instances.map((name) => element('instance', { name })),
    ].map((line) => `  ${line}`),
    '</kernel>',
  ];
}

const hex = (value: number): string => `0x${value.toString(16)}`;

function element(name: string, attributes: Readonly<Record<string, string>>, end = '/>'): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  return `<${name}${written.join('')}${end}`;
}
