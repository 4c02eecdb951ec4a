import { FormatError } from '../../errors.ts';

/** What an XML document consists of, in document order. An empty element is opened and closed. */
export type XmlEvent =
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
      /** Position of the `<` in characters from the start. */
      readonly offset: number;
    }
  | { readonly kind: 'close'; readonly name: string };

/** Deeper than any metadata; bounds the stack of open elements. */
const MAX_DEPTH = 64;

const NAME = /[A-Za-z_:][\w:.-]*/y;
const SPACE = /[ \t\r\n]*/y;
const VALUE = /"([^"<]*)"|'([^'<]*)'/y;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * The elements and attributes of an XML document, as far as XRT's metadata uses XML: declaration, comments, CDATA and
 * text are passed over, entities other than the five of XML itself and a document type are refused. Attributes must be
 * quoted and unique, elements properly nested under one root. Throws {@link FormatError} with the position otherwise.
 */
export function* xmlEvents(text: string, name: string): Generator<XmlEvent, void, void> {
  const open: string[] = [];
  let rootSeen = false;
  let at = text.startsWith('\uFEFF') ? 1 : 0;

  const fail = (offset: number, what: string): never => {
    throw new FormatError(`${name}: ${what} at character ${offset} of the XML`);
  };
  const skipTo = (end: string, from: number, what: string): number => {
    const found = text.indexOf(end, from);
    return found < 0 ? fail(at, `${what} without '${end}'`) : found + end.length;
  };
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  };
  const elementName = (): string => match(NAME)?.[0] ?? fail(at, 'no name');
  const decode = (value: string, offset: number): string =>
    value.replace(/&([^;]*);?/g, (whole, entity: string) => {
      const known = whole.endsWith(';') ? (ENTITIES.get(entity) ?? numeric(entity)) : undefined;
      return known ?? fail(offset, `an unknown entity '${whole.slice(0, 20)}'`);
    });

  for (;;) {
    const next = text.indexOf('<', at);
    const between = next < 0 ? text.slice(at) : text.slice(at, next);
    if (open.length === 0 && between.trim() !== '') fail(at, 'text outside the root element');
    if (next < 0) break;
    at = next;
    if (text.startsWith('<?', at)) at = skipTo('?>', at, 'a processing instruction');
    else if (text.startsWith('<!--', at)) at = skipTo('-->', at + 4, 'a comment');
    else if (text.startsWith('<![CDATA[', at) && open.length > 0) at = skipTo(']]>', at, 'a CDATA section');
    else if (text.startsWith('<!', at)) fail(at, 'a document type, which metadata does not have,');
    else if (text.startsWith('</', at)) {
      at += 2;
      const closed = elementName();
      match(SPACE);
      if (text[at] !== '>') fail(at, `no '>' after '</${closed}'`);
      at += 1;
      if (open.pop() !== closed) fail(next, `'</${closed}>' closes an element that is not open`);
      yield { kind: 'close', name: closed };
    } else {
      at += 1;
      const element = elementName();
      if (open.length === 0 && rootSeen) fail(next, `a second root element '${element}'`);
      rootSeen = true;
      const attributes = new Map<string, string>();
      for (;;) {
        const spaced = match(SPACE)![0] !== '';
        if (text[at] === '>' || text.startsWith('/>', at)) break;
        if (!spaced) fail(at, `an unexpected character in '<${element}'`);
        const start = at;
        const attribute = elementName();
        match(SPACE);
        if (text[at] !== '=') fail(at, `no '=' after the attribute '${attribute}'`);
        at += 1;
        match(SPACE);
        const value = match(VALUE) ?? fail(at, `no quoted value of the attribute '${attribute}'`);
        if (attributes.has(attribute)) fail(start, `a second attribute '${attribute}'`);
        attributes.set(attribute, decode(value[1] ?? value[2] ?? '', start));
      }
      yield { kind: 'open', name: element, attributes, offset: next };
      if (text[at] === '/') {
        at += 2;
        yield { kind: 'close', name: element };
      } else {
        at += 1;
        if (open.push(element) > MAX_DEPTH) fail(next, `more than ${MAX_DEPTH} nested elements`);
      }
    }
  }
  if (open.length > 0) fail(text.length, `'<${open.at(-1)}>' is not closed`);
  if (!rootSeen) fail(text.length, 'no element');
}

function numeric(entity: string): string | undefined {
  const digits = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(entity);
  if (digits === null) return undefined;
  const point = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  const valid = point >= 0x20 && point <= 0x10_ffff && !(point >= 0xd800 && point <= 0xdfff);
  return valid || point === 9 || point === 10 || point === 13 ? String.fromCodePoint(point) : undefined;
}

/** `text` as an attribute's value between double quotes, escaped as boost::property_tree's writer does. */
export function escapeXml(text: string): string {
  const escapes = new Map([...ENTITIES].map(([entity, character]) => [character, `&${entity};`]));
  return text.replace(/[<>&"']/g, (character) => escapes.get(character)!);
}
