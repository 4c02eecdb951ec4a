import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import colors from 'picocolors';
import {
  type ArtifactKind,
  type Artifacts,
  devices,
  type Evidence,
  type HostBuffer,
  type HostCall,
  type Issue,
  preflight,
  type Severity,
} from '../artifact/preflight/index.ts';
import { TilecheckError } from '../errors.ts';
import { toJson } from '../report/run.ts';
import { type ArtifactFile, findArtifacts, isFolder, readArtifact } from './artifact-files.ts';
import { Exit, type Finish } from './exit.ts';
import type { Io } from './io.ts';

interface LintFlags {
  readonly json?: true;
  readonly sizes?: readonly HostBuffer[];
  readonly kernel?: string;
  readonly device?: keyof typeof devices;
}

export function addLintCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('lint')
    .description('Check instruction files, xclbins and PDIs without running them.')
    .argument('<file-or-folder...>', 'files that belong together, or folders to search')
    .option('--sizes <list>', 'bytes of the host buffers, e.g. bo0=512,bo1=512', bufferSizes)
    .option('--kernel <name>', 'the kernel the host program asks for')
    .addOption(new Option('--device <name>', 'the device that is to run it').choices(Object.keys(devices)))
    .option('--json', 'print the issues as JSON')
    .action((names: readonly string[], flags: LintFlags) => {
      finish(lintFiles(names, flags, io));
    });
}

/** Most data buffers of a call, as DDR_PATCH numbers them in one byte. */
const BUFFER_LIMIT = 256;

function bufferSizes(text: string): HostBuffer[] {
  const sizes: HostBuffer[] = [];
  for (const item of text.split(',')) {
    const [, index, bytes] = /^bo(\d+)=(\d+)$/.exec(item.trim()) ?? [];
    if (index === undefined || bytes === undefined || Number(index) >= BUFFER_LIMIT) {
      throw new InvalidArgumentError('give buffers and their bytes, e.g. bo0=512,bo1=512.');
    }
    sizes[Number(index)] = { bytes: Number(bytes) };
  }
  return Array.from(sizes, (size) => size ?? {});
}

function lintFiles(names: readonly string[], flags: LintFlags, io: Io): Exit {
  const call: HostCall = {
    ...(flags.sizes === undefined ? {} : { buffers: flags.sizes }),
    ...(flags.kernel === undefined ? {} : { kernel: flags.kernel }),
  };
  const known = { call, ...(flags.device === undefined ? {} : { device: devices[flags.device] }) };
  const files = new Set<string>();
  const issues = new Map<string, Issue>();
  for (const group of groups(names, io.cwd)) {
    for (const { name } of group.files) files.add(name);
    // What two pairs with one xclbin have in common is said once.
    for (const issue of pairs(group).flatMap((pair) => preflight({ ...pair, ...known }))) {
      issues.set(JSON.stringify(issue), issue);
    }
  }
  const found = [...issues.values()];
  const count = (severity: Severity): number => found.filter((issue) => issue.severity === severity).length;
  const counts = { errors: count('error'), warnings: count('warning'), infos: count('info') };
  io.stdout.write(
    flags.json
      ? toJson({ files: [...files], ...counts, issues: found })
      : `${render(found, io.color)}${summary(files.size, counts)}\n`,
  );
  return counts.errors === 0 ? Exit.pass : Exit.failed;
}

/** Files that belong together. */
interface Group {
  readonly files: readonly ArtifactFile[];
  /** Whether a folder was searched: what is not in it is missing. */
  readonly searched: boolean;
}

const LINTED: ReadonlySet<ArtifactKind> = new Set(['instructions', 'xclbin', 'pdi']);

function groups(names: readonly string[], cwd: string): Group[] {
  const folders = names.filter((name) => isFolder(cwd, name));
  const given = names.filter((name) => !folders.includes(name)).map((name) => readArtifact(cwd, name));
  const foreign = given.find(({ kind }) => kind === undefined || !LINTED.has(kind));
  if (foreign !== undefined) {
    const what =
      foreign.kind === undefined ? 'no artifact that is known' : `a file of the kind ${foreign.kind}`;
    throw new TilecheckError('ARTIFACT_KIND', `${foreign.name} is ${what}`, {
      hint: 'lint takes instruction files, xclbins and PDIs; `tilecheck inspect` shows other kinds',
    });
  }
  const found = folders.flatMap((folder) => {
    const lists = findArtifacts(cwd, folder);
    if (lists.length === 0) {
      throw new TilecheckError('ARTIFACT_MISSING', `${folder} holds no instruction file and no xclbin`, {
        hint: 'name the folder that the kernel compiler wrote to (insts.bin, insts.txt, final.xclbin)',
      });
    }
    return lists.map((files) => ({ files: files.map((file) => readArtifact(cwd, file)), searched: true }));
  });
  return given.length === 0 ? found : [{ files: given, searched: false }, ...found];
}

const stem = (name: string): string => path.basename(name).replace(/\.[^.]*$/, '');

/** Each instruction file with its xclbin: the only one of the group, else the one of the same name. */
function pairs({ files, searched }: Group): Artifacts[] {
  const streams = files.filter(({ kind }) => kind === 'instructions');
  const containers = files.filter(({ kind }) => kind === 'xclbin');
  const [pdi, another] = files.filter(({ kind }) => kind === 'pdi');
  // Which of several PDIs belongs to which stream is not told.
  if (another !== undefined) {
    throw new TilecheckError('ARTIFACT_KIND', 'more than one PDI is named', {
      hint: 'lint each with its own stream and xclbin',
    });
  }
  const beside = pdi === undefined ? {} : { pdi };
  const paired = new Set<ArtifactFile>();
  const found = streams.map((instructions): Artifacts => {
    const xclbin =
      containers.length === 1
        ? containers[0]
        : containers.find(({ name }) => stem(name) === stem(instructions.name));
    if (xclbin === undefined) return { instructions, ...beside };
    paired.add(xclbin);
    return { instructions, xclbin, ...beside };
  });
  for (const xclbin of containers) {
    if (paired.has(xclbin)) continue;
    found.push(
      searched && streams.length === 0 ? { instructions: 'missing', xclbin } : { xclbin, ...beside },
    );
  }
  if (found.length === 0) found.push(beside);
  return found;
}

function render(issues: readonly Issue[], color: boolean): string {
  const paint = colors.createColors(color);
  const marks: Readonly<Record<Severity, string>> = {
    error: paint.red('error'),
    warning: paint.yellow('warning'),
    info: paint.cyan('info'),
  };
  const byFile = new Map<string, Issue[]>();
  for (const issue of issues) {
    const file = issue.evidence[0]?.file ?? 'host call';
    byFile.set(file, [...(byFile.get(file) ?? []), issue]);
  }
  let text = '';
  for (const [file, list] of byFile) {
    text += `${paint.bold(file)}\n`;
    for (const { severity, rule, name, title, evidence, fix } of list) {
      text += `  ${marks[severity]} ${rule} ${name}: ${title}\n`;
      for (const each of evidence) text += `      ${evidenceText(each, file)}\n`;
      text += `      fix: ${fix}\n`;
    }
    text += '\n';
  }
  return text;
}

function evidenceText({ file, offset, text }: Evidence, under: string): string {
  const place = [
    ...(file === under ? [] : [file]),
    ...(offset === undefined ? [] : [`0x${offset.toString(16)}`]),
  ].join(' ');
  return place === '' ? text : `${place}: ${text}`;
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function summary(
  files: number,
  { errors, warnings, infos }: { errors: number; warnings: number; infos: number },
): string {
  const checked = `${plural(files, 'file')} checked`;
  if (errors + warnings + infos === 0) return `${checked}: no issues`;
  const rest = infos === 0 ? '' : `, ${plural(infos, 'note')}`;
  return `${checked}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}${rest}`;
}
