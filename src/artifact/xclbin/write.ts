import { ValueError } from '../../errors.ts';
import { ByteWriter } from '../../tensor/byte-writer.ts';
import { HEADER_BYTES, writeHeader, type XclbinHeader } from './header.ts';
import { ALIGNMENT, type LooseBytes } from './layout.ts';
import { encodeMirror } from './mirror.ts';
import { SECTION_HEADER_BYTES } from './sections.ts';

/** What {@link writeXclbin} needs; an `Xclbin` that was read is one. */
export interface XclbinDescription {
  readonly header: XclbinHeader;
  /** Without an offset a section follows the one before it at the next multiple of eight. */
  readonly sections: readonly {
    readonly kind: number;
    readonly name: string;
    readonly offset?: number;
    readonly bytes: Uint8Array;
  }[];
  readonly mirror?: { readonly offset?: number; readonly text: string } | undefined;
  /** Goes to the end; `header.signatureLength` is its length, -1 without one. */
  readonly signature?: Uint8Array | undefined;
  readonly loose?: readonly LooseBytes[];
}

/** Larger than any xclbin; guards against an offset that is not one. */
const MAX_BYTES = 2 ** 31;

/**
 * Writes an xclbin. `writeXclbin(readXclbin(file))` gives the file again, byte for byte where names and paddings are
 * filled with zeros, as every known tool does. Throws {@link ValueError} where parts overlap or a value does not fit
 * its field.
 */
export function writeXclbin(description: XclbinDescription): Uint8Array {
  const { header, signature } = description;
  const parts: { readonly offset: number; readonly bytes: Uint8Array; readonly what: string }[] = [];
  let end = HEADER_BYTES + description.sections.length * SECTION_HEADER_BYTES;
  const place = (bytes: Uint8Array, offset: number, what: string): number => {
    // Where nothing stands does not matter; headers of empty sections may hold any offset.
    if (bytes.length === 0) return offset;
    if (!Number.isInteger(offset) || offset < 0 || offset + bytes.length > MAX_BYTES) {
      throw new ValueError(`${what} cannot stand at offset ${offset}`);
    }
    parts.push({ offset, bytes, what });
    end = Math.max(end, offset + bytes.length);
    return offset;
  };

  const headers = new ByteWriter();
  for (const section of description.sections) {
    const aligned = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    const offset = place(
      section.bytes,
      section.offset ?? aligned,
      `section '${section.name}' (${section.kind})`,
    );
    headers.u32(section.kind, 'kind');
    headers.fixedString(section.name, 16, 'section name');
    headers.fill(4);
    headers.u64(offset, 'offset');
    headers.u64(section.bytes.length, 'size');
  }
  if (description.mirror !== undefined) {
    place(encodeMirror(description.mirror.text), description.mirror.offset ?? end, 'the mirror');
  }
  for (const { offset, bytes } of description.loose ?? []) place(bytes, offset, 'a stretch of loose bytes');
  if (header.signatureLength !== (signature?.length ?? -1)) {
    throw new ValueError(
      `header.signatureLength is ${header.signatureLength}, the signature has ${signature?.length ?? 'no'} bytes`,
      'it is the number of bytes, or -1 without a signature',
    );
  }
  if (signature !== undefined) place(signature, end, 'the signature');

  const fixed = new ByteWriter();
  writeHeader(fixed, header, end, description.sections.length);
  fixed.raw(headers.finish());
  parts.push({ offset: 0, bytes: fixed.finish(), what: 'the headers' });

  const file = new Uint8Array(end);
  let filled = 0;
  for (const { offset, bytes, what } of parts.sort((a, b) => a.offset - b.offset)) {
    if (offset < filled) throw new ValueError(`${what} at offset ${offset} overlaps what ends at ${filled}`);
    file.set(bytes, offset);
    filled = offset + bytes.length;
  }
  return file;
}
