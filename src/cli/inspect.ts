import type { Command } from 'commander';
import { type DataFlow, dataFlow } from '../artifact/dataflow/index.ts';
import { readElf } from '../artifact/elf/index.ts';
import { readPdi } from '../artifact/pdi/index.ts';
import { disassemble, lift, readInstructions } from '../artifact/txn/index.ts';
import { readXclbin } from '../artifact/xclbin/index.ts';
import { TilecheckError } from '../errors.ts';
import { plainTable } from '../report/plain-table.ts';
import { toJson } from '../report/run.ts';
import { type ArtifactFile, readArtifact } from './artifact-files.ts';
import { elfText, pdiText, xclbinText } from './inspect-text.ts';
import type { Io } from './io.ts';

interface InspectFlags {
  readonly disasm?: true;
  readonly json?: true;
}

/** What a file says: as text for people and as plain data for tools. */
interface Inspection {
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export function addInspectCommand(program: Command, io: Io): void {
  program
    .command('inspect')
    .description('Show what an instruction file, xclbin, PDI or core ELF says.')
    .argument('<file...>', 'files of any of these kinds')
    .option('--disasm', 'list the operations of an instruction file, one a line')
    .option('--json', 'print as JSON, one object a file')
    .action((names: readonly string[], flags: InspectFlags) => {
      const inspected = names.map((name) => inspect(readArtifact(io.cwd, name), flags));
      io.stdout.write(
        flags.json
          ? toJson({ files: inspected.map(({ json }) => withoutBytes(json)) })
          : inspected.map(({ text }) => `${text.trimEnd()}\n`).join('\n'),
      );
    });
}

function inspect(file: ArtifactFile, flags: InspectFlags): Inspection {
  const { name, bytes, kind } = file;
  switch (kind) {
    case 'instructions':
      return inspectInstructions(file, flags);
    case 'xclbin': {
      const xclbin = readXclbin(bytes, name);
      return { text: xclbinText(name, bytes.length, xclbin), json: { file: name, kind, ...xclbin } };
    }
    case 'pdi': {
      const pdi = readPdi(bytes, name);
      return { text: pdiText(pdi), json: { file: name, kind, ...pdi } };
    }
    case 'elf': {
      const { kind: role, ...elf } = readElf(bytes, name);
      return {
        text: elfText(name, bytes.length, { ...elf, kind: role }),
        json: { file: name, kind, ...role },
      };
    }
    case 'cdo':
      return {
        text: `${name}: CDO, ${bytes.length} bytes; this kind is recognised but not printed yet\n`,
        json: { file: name, kind, size: bytes.length },
      };
    default:
      throw new TilecheckError('ARTIFACT_KIND', `${name} is no artifact that is known`, {
        hint: 'inspect takes instruction files, xclbins, PDIs and ELF files',
      });
  }
}

function inspectInstructions({ bytes, name }: ArtifactFile, flags: InspectFlags): Inspection {
  const stream = readInstructions(bytes, name);
  const lifted = lift(stream);
  const flow = dataFlow(stream, lifted);
  const { header, form, encoding, operations } = stream;
  const problems = [
    ...stream.problems.map(({ code, offset, message }) => ({ code, offset, message })),
    ...lifted.problems.map(({ code, operation, message }) => ({
      code,
      offset: operations[operation]?.offset ?? 0,
      message,
    })),
  ];
  const lines = flags.disasm ? disassemble(stream) : undefined;
  const version = header === undefined ? 'legacy DPU sequence' : `TXN v${header.version}`;
  let text = `${name}: instruction stream, ${version}, ${encoding}, ${stream.bytes.length} bytes (${Math.ceil(stream.bytes.length / 4)} words)\n`;
  if (header !== undefined) {
    const { generation, rows, columns, memTileRows, opCount } = header;
    text += `device generation ${generation}, ${columns} columns, ${rows} rows (${memTileRows} of memory tiles); ${opCount} operations\n`;
  }
  text += `\n${argumentTable(flow)}\n\n${transferTable(flow)}\n`;
  if (problems.length > 0) {
    text += '\nproblems\n';
    for (const { offset, message } of problems) text += `  0x${offset.toString(16)}: ${message}\n`;
  }
  if (lines !== undefined) text += `\n${lines.join('\n')}\n`;
  const json = {
    file: name,
    kind: 'instructions',
    form,
    encoding,
    size: stream.bytes.length,
    header,
    operations: operations.length,
    arguments: argumentRows(flow),
    transfers: transferRows(flow),
    problems,
    ...(lines === undefined ? {} : { disassembly: lines }),
  };
  return { text, json };
}

/** What the stream does with each data argument. */
function argumentRows({ arguments: list }: DataFlow) {
  return list.map(({ argument, direction, reads, writes, requiredBytes }) => ({
    argument,
    direction,
    bytesRead: reads?.touched.bytes ?? 0,
    bytesWritten: writes?.touched.bytes ?? 0,
    requiredBytes,
    transfers: [...(reads?.transfers ?? []), ...(writes?.transfers ?? [])].map(
      ({ transfer }) => transfer.index,
    ),
  }));
}

/** The transfers, one entry for each argument they touch. */
function transferRows(flow: DataFlow) {
  const touched = flow.arguments.flatMap(({ argument, reads, writes }) =>
    [...(reads?.transfers ?? []), ...(writes?.transfers ?? [])].map((each) => ({ argument, ...each })),
  );
  const known = touched.map(({ argument, transfer, touched: { start, end, bytes }, moved }) => ({
    transfer,
    argument,
    bytes,
    start,
    end,
    moved,
  }));
  const unknown = flow.unattributed
    .filter(({ index }) => !known.some(({ transfer }) => transfer.index === index))
    .map((transfer) => ({ transfer, argument: undefined, bytes: 0, start: 0, end: 0, moved: 0 }));
  return [...known, ...unknown]
    .sort((a, b) => a.transfer.index - b.transfer.index)
    .map(({ transfer, ...bytes }) => ({
      index: transfer.index,
      direction: transfer.direction,
      column: transfer.column,
      channel: transfer.channel,
      descriptor: transfer.bd,
      runs: transfer.runs,
      issuesToken: transfer.issuesToken,
      pushOperation: transfer.pushOperation,
      completedBy: transfer.completedBy,
      ...bytes,
    }));
}

function argumentTable(flow: DataFlow): string {
  return plainTable(
    [
      { head: 'argument' },
      { head: 'direction' },
      { head: 'bytes read', align: 'right' },
      { head: 'bytes written', align: 'right' },
      { head: 'buffer needs', align: 'right' },
      { head: 'transfers', align: 'right' },
    ],
    argumentRows(flow).map(({ argument, direction, bytesRead, bytesWritten, requiredBytes, transfers }) => [
      `bo${argument}`,
      direction,
      String(bytesRead),
      String(bytesWritten),
      String(requiredBytes),
      String(transfers.length),
    ]),
  );
}

function transferTable(flow: DataFlow): string {
  return plainTable(
    [
      { head: '#', align: 'right' },
      { head: 'argument' },
      { head: 'channel' },
      { head: 'column', align: 'right' },
      { head: 'BD', align: 'right' },
      { head: 'runs', align: 'right' },
      { head: 'bytes', align: 'right' },
      { head: 'range' },
      { head: 'waited for' },
    ],
    transferRows(flow).map((row) => [
      String(row.index),
      row.argument === undefined ? 'unknown' : `bo${row.argument}`,
      `${row.direction}${row.channel}`,
      String(row.column),
      String(row.descriptor),
      String(row.runs),
      String(row.bytes),
      row.bytes === 0 ? '' : `${row.start} to ${row.end - 1}`,
      row.completedBy === undefined ? 'never' : `by operation ${row.completedBy}`,
    ]),
  );
}

/** Bytes give way to their number: nobody reads a program as JSON. */
function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: value.length };
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutBytes(each)]));
}
