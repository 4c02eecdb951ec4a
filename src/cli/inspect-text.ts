import { DATA_MEMORY_BYTES, type Elf, PROGRAM_MEMORY_BYTES } from '../artifact/elf/index.ts';
import type { Pdi } from '../artifact/pdi/index.ts';
import { tileAddress } from '../artifact/txn/index.ts';
import type { Xclbin } from '../artifact/xclbin/index.ts';
import { plainTable } from '../report/plain-table.ts';

const hex = (value: number): string => `0x${value.toString(16)}`;

/** Header, sections, kernels with their arguments, and partitions of an xclbin. */
export function xclbinText(name: string, size: number, xclbin: Xclbin): string {
  const { header, sections, kernels = [], partitions } = xclbin;
  const { major, minor, patch } = header.version;
  let text = `${name}: xclbin, ${size} bytes, uuid ${header.uuid}\n`;
  const signed =
    xclbin.signature === undefined ? 'not signed' : `${xclbin.signature.length} bytes of signature`;
  text += `written by version ${major}.${minor}.${patch}, ${signed}\n\n`;
  text += plainTable(
    [
      { head: 'section' },
      { head: 'name' },
      { head: 'offset', align: 'right' },
      { head: 'bytes', align: 'right' },
    ],
    sections.map((section) => [
      section.kindName ?? `kind ${section.kind}`,
      section.name,
      hex(section.offset),
      String(section.bytes.length),
    ]),
  );
  text += '\n';
  for (const kernel of kernels) {
    const id = kernel.dpu === undefined ? '' : `, DPU kernel id ${hex(kernel.dpu.kernelId)}`;
    text += `\nkernel ${kernel.name}${id}, instances ${kernel.instances.join(', ') || 'none'}\n`;
    for (const [
      position,
      { id: index = position, name: argument, qualifier, type },
    ] of kernel.args.entries()) {
      text += `  ${index}  ${argument}: ${type} (${qualifier === 'SCALAR' ? 'scalar' : 'buffer'})\n`;
    }
  }
  for (const { columnWidth, startColumns, pdis } of partitions) {
    text += `\npartition of ${columnWidth} columns, may start at ${startColumns.join(', ') || 'any column'}\n`;
    for (const { uuid, image, cdoGroups } of pdis) {
      text += `  PDI ${uuid}, ${image.length} bytes\n`;
      for (const group of cdoGroups) {
        text += `    ${group.name || 'CDO group'}: PDI id ${group.pdiId}, DPU kernel ids ${group.dpuKernelIds.map(hex).join(', ') || 'none'}\n`;
      }
    }
  }
  return text;
}

/** Device, images and the commands of each partition of a PDI, and the tiles they write to. */
export function pdiText(pdi: Pdi): string {
  let text = `${pdi.name}: PDI, ${pdi.size} bytes, id code ${hex(pdi.idCode)}\n`;
  for (const image of pdi.images) {
    text += `image ${image.name}, id ${hex(image.id)}\n`;
    for (const { cdo } of image.partitions) {
      const counts = new Map<string, number>();
      const tiles = new Map<string, number>();
      for (const command of cdo.commands) {
        counts.set(command.op, (counts.get(command.op) ?? 0) + 1);
        if (!('address' in command)) continue;
        const { column, row } = tileAddress(command.address);
        tiles.set(`(${column},${row})`, (tiles.get(`(${column},${row})`) ?? 0) + 1);
      }
      const commands = [...counts].map(([op, count]) => `${count} ${op}`).join(', ');
      text += `  CDO, ${cdo.form} form, bytes ${cdo.start} to ${cdo.end - 1}: ${commands || 'no command'}\n`;
      const written = [...tiles].sort(([a], [b]) => (a < b ? -1 : 1));
      text += `  tiles (column,row): ${written.map(([tile, count]) => `${tile} ${count} writes`).join(', ')}\n`;
    }
  }
  for (const { offset, message } of pdi.issues) text += `problem at ${hex(offset)}: ${message}\n`;
  return text;
}

/** What an ELF is, and what a core's program takes of its tile. */
export function elfText(name: string, size: number, { header, sections, symbols, kind }: Elf): string {
  const what = `${name}: ELF, ${size} bytes, machine ${header.machine}, ${sections.length} sections, ${symbols.length} symbols\n`;
  switch (kind.role) {
    case 'core': {
      const { generation, entry, programBytes, dataBytes, stack } = kind.image;
      const room = stack === undefined ? '' : `stack from ${hex(stack.start)}, at most ${stack.room} bytes\n`;
      return `${what}core program for ${generation ?? 'an unknown generation'}, entry ${hex(entry)}\nprogram ${programBytes} of ${PROGRAM_MEMORY_BYTES} bytes, data ${dataBytes} of ${DATA_MEMORY_BYTES} bytes\n${room}`;
    }
    case 'object':
      return `${what}object file of a core, not linked yet\n`;
    case 'control-code':
      return `${what}control code for ${kind.platform}; its sections are not printed yet\n`;
    case 'other':
      return `${what}no file of an NPU core\n`;
  }
}
