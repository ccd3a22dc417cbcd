/** What a file is by its content, and what it may be called: real documents, and such as would pass for them. */
import { strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { typeOf } from '../../../server/src/evidence-files/content.ts';
import { fileName } from '../../../server/src/evidence-files/name.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const parts = (names: readonly string[]): Zippable => Object.fromEntries(names.map((name) => [name, strToU8('<x/>')]));
const zipped = (...names: string[]): Buffer => Buffer.from(zipSync(parts(names)));
const codeOf = async (bytes: Buffer, name = 'report.pdf'): Promise<string> =>
  typeOf(bytes, name).catch(({ status, code }: { status: number; code: string }) => `${status} ${code}`);
const WORD = ['[Content_Types].xml', 'word/document.xml'];
const SHEET = ['[Content_Types].xml', 'xl/workbook.xml'];

const OLE = latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on');
const office = (names: readonly string[], more: Zippable): Buffer => Buffer.from(zipSync({ ...parts(names), ...more }));
const stored = (names: readonly string[], more: Zippable): Buffer =>
  Buffer.from(zipSync({ ...parts(names), ...more }, { level: 0 }));
/** As small as they come: a page, and pictures of one point. */
const PDF = latin(
  '%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\nxref\n0 1\ntrailer\n<</Root 1 0 R>>\nstartxref\n44\n%%EOF\n',
);
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const JPEG = latin(
  '\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0\xd2\xff\xd9',
);
const WEBP = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64');
const KIND = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const related = (
  kind: string,
  target: string,
  mode?: string,
  names: readonly string[] = WORD,
  at = 'word/_rels/document.xml.rels',
): Buffer =>
  office(names, {
    [at]: strToU8(
      `<Relationships><Relationship Id="rId1" Type="${KIND}/${kind}" Target="${target}"${mode === undefined ? '' : ` TargetMode="${mode}"`}/></Relationships>`,
    ),
  });
const pieces = (...cut: string[]): Buffer =>
  office(WORD, {
    'word/document.xml': strToU8(
      `<w:p><w:fldChar w:fldCharType="begin"/>${cut.map((text) => `<w:r><w:instrText xml:space="preserve">${text}</w:instrText></w:r>`).join('')}<w:fldChar w:fldCharType="end"/></w:p>`,
    ),
  });
const fields = (...commands: string[]): Buffer =>
  office(WORD, {
    'word/document.xml': strToU8(
      commands
        .map((text) => `<w:fldChar/><w:instrText>${text.replaceAll('"', '&quot;')}</w:instrText><w:fldChar/>`)
        .join(''),
    ),
  });
const typed = (type: string): Buffer =>
  office(WORD, {
    '[Content_Types].xml': strToU8(`<Types><Override PartName="/word/a.xml" ContentType="${type}"/></Types>`),
  });

describe('the type of a file', () => {
  it.each([
    ['a PDF', PDF, 'application/pdf'],
    ['a PNG', PNG, 'image/png'],
    ['a JPEG', JPEG, 'image/jpeg'],
    ['a WEBP', WEBP, 'image/webp'],
    ['a document with links to click', related('hyperlink', 'https://example.vn', 'External'), DOCX],
    ['a document with a picture within', related('image', 'media/image1.png'), DOCX],
    [
      'a document with fields of its own',
      fields('PAGE', ' REF _DDE1 \\h ', 'TOC \\o "1-3"', 'HYPERLINK "https://example.vn"'),
      DOCX,
    ],
    ['a document', zipped(...WORD), DOCX],
    ['a workbook', zipped(...SHEET, 'xl/worksheets/sheet1.xml'), XLSX],
    [
      'a document with a chart, which brings its table',
      office(WORD, { 'word/embeddings/a.xlsx': zipped(...SHEET) }),
      DOCX,
    ],
    [
      'a document of plain parts',
      typed('application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'),
      DOCX,
    ],
    ['a text', Buffer.from('\ufeffBáo cáo tháng 1\r\n\t71 triệu\r\n'), 'text/plain'],
    ['a page of the web, which is a text', latin('<script>alert(1)</script>'), 'text/plain'],
  ])('is that of its content, whatever it is called: %s', async (_, bytes, type) => {
    expect(await codeOf(bytes, 'table.exe')).toBe(type);
  });

  it('of a text is told by its name, which alone knows whether it is a table', async () => {
    expect(await codeOf(latin('a,b\n1,2\n'), 'x.CSV')).toBe('text/csv');
    expect(await codeOf(latin('a,b\n1,2\n'), 'x.csv.exe')).toBe('text/plain');
  });

  it.each([
    ['a program', latin('MZ\x90\0\x03'), '415 file_type'],
    ['a picture of another kind', latin('GIF89a\x01\0\x01\0'), '415 file_type'],
    ['a text of another encoding', Buffer.from('B\u00e1o c\u00e1o', 'latin1'), '415 file_type'],
    ['a text of sixteen bits', Buffer.from('\ufeffabc', 'utf16le'), '415 file_type'],
    ['a RIFF that is a sound', latin('RIFF\x1a\0\0\0WAVEfmt '), '415 file_type'],
    ['an old document, or one with a password', latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0'), '415 file_old_office'],
    ['an archive', zipped('report.pdf'), '415 file_type'],
    ['the first bytes of a PDF', PDF.subarray(0, 9), '415 file_broken'],
    ['a PDF without its end', PDF.subarray(0, PDF.length - 12), '415 file_broken'],
    ['the first bytes of a PNG', PNG.subarray(0, 16), '415 file_broken'],
    ['a PNG without a picture', PNG.subarray(0, 33), '415 file_broken'],
    ['the first bytes of a JPEG', JPEG.subarray(0, 20), '415 file_broken'],
    ['the first bytes of a WEBP', WEBP.subarray(0, 16), '415 file_broken'],
    ['a text of which nothing is seen', Buffer.from('\ufeff\u200b\u2060 \r\n'), '415 file_empty'],
    [
      'a template from elsewhere',
      related('attachedTemplate', 'https://e.example/a.dotm', 'External'),
      '415 file_outside',
    ],
    [
      'one of another machine',
      related('attachedTemplate', 'file:///\\\\e.example\\a.dotm', 'External'),
      '415 file_outside',
    ],
    ['a picture from elsewhere', related('image', 'https://e.example/a.png', 'External'), '415 file_outside'],
    ['the same in other letters', related('image', 'https://e.example/a.png', '&#69;xternal '), '415 file_outside'],
    [
      'a workbook with a linked one',
      related('externalLink', 'externalLinks/a.xml', undefined, SHEET, 'xl/_rels/workbook.xml.rels'),
      '415 file_outside',
    ],
    [
      'a workbook with connections',
      related('connections', 'connections.xml', undefined, SHEET, 'xl/_rels/workbook.xml.rels'),
      '415 file_outside',
    ],
    ['a document within, of another form', related('aFChunk', 'a.html'), '415 file_macros'],
    ['an object that is linked', related('oleObject', 'file:///a.xlsx', 'External'), '415 file_macros'],
    ['a field that runs something', fields('DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"'), '415 file_macros'],
    ['such a field in pieces', pieces('DD', 'EA', 'UTO c:\\\\cmd'), '415 file_macros'],
    ['such a field in references and comments', pieces('D&#68;<!-- -->', 'E c:\\\\cmd'), '415 file_macros'],
    ['such a field by numbers', fields('QUOTE 68 68 69 65'), '415 file_macros'],
    [
      'such a field as an attribute',
      office(WORD, { 'word/footer1.xml': strToU8(`<x:fldSimple x:dirty="a>b" x:instr=' DDE a b'/>`) }),
      '415 file_macros',
    ],
    ['one command of a million signs', fields('&#32;'.repeat(300_000)), '415 file_broken'],
    ['more fields than anybody wrote', fields(...Array<string>(20_000).fill('PAGE')), '415 file_broken'],
    ['a field that fetches', fields('INCLUDEPICTURE "https://e.example/a.png" \\d'), '415 file_outside'],
    [
      'relationships in declarations',
      office(WORD, { 'word/_rels/document.xml.rels': strToU8('<![CDATA[<Relationship/>]]>') }),
      '415 file_broken',
    ],
    [
      'relationships of sixteen bits',
      office(WORD, { 'word/_rels/document.xml.rels': new Uint8Array(Buffer.from('\ufeff<a/>', 'utf16le')) }),
      '415 file_broken',
    ],
    [
      'a tag that does not end',
      office(WORD, { 'word/_rels/document.xml.rels': strToU8(`<Relationship ${'a="'.repeat(9_000)}`) }),
      '415 file_broken',
    ],
    ['an archive that is a document by one name', zipped('word/document.xml'), '415 file_type'],
    ['a document with macros', zipped(...WORD, 'word/vbaProject.bin'), '415 file_macros'],
    ['a workbook with macros', zipped(...SHEET, 'xl/VBAPROJECT.BIN'), '415 file_macros'],
    ['a workbook with macros of old', zipped(...SHEET, 'xl/macrosheets/sheet1.xml'), '415 file_macros'],
    ['a document with controls', zipped(...WORD, 'word/activeX/activeX1.bin'), '415 file_macros'],
    ['macros under another name', office(WORD, { 'word/bao-cao.xml.dat': OLE }), '415 file_macros'],
    ['macros under a name of other letters', office(WORD, { 'word/mаcrоs/tệp.bin': OLE }), '415 file_macros'],
    ['an embedded object', office(WORD, { 'word/embeddings/oleObject1.bin': OLE }), '415 file_macros'],
    ['an object that is stored as it is', stored(WORD, { 'word/media/image1.png': OLE }), '415 file_macros'],
    ['a program', office(SHEET, { 'xl/media/image1.png': latin('MZ\x90\0\x03') }), '415 file_macros'],
    ['what its types call macros', typed('application/vnd.ms-office.vbaProject'), '415 file_macros'],
    ['the same in references', typed('application/vnd.ms-office.v&#x62;&#97;Project'), '415 file_macros'],
    [
      'a document that is made for macros',
      typed('application/vnd.ms-word.document.macroEnabled.main+xml'),
      '415 file_macros',
    ],
    ['an object by its type', typed('application/vnd.openxmlformats-officedocument.oleObject'), '415 file_macros'],
    [
      'types with declarations',
      office(WORD, { '[Content_Types].xml': strToU8('<!DOCTYPE x [<!ENTITY a "b">]><x/>') }),
      '415 file_broken',
    ],
    [
      'a workbook with macros within',
      office(WORD, { 'word/embeddings/a.xlsx': zipped(...SHEET, 'xl/vbaProject.bin') }),
      '415 file_macros',
    ],
    ['an archive within', office(WORD, { 'word/embeddings/a.xlsx': zipped('a.exe') }), '415 file_macros'],
    ['an archive with a way out of it', zipped(...WORD, '../../etc/passwd'), '415 file_broken'],
    ['an archive that was cut off', zipped(...WORD).subarray(0, 60), '415 file_broken'],
    ['nothing but the beginning of one', latin('PK'), '415 file_broken'],
  ])('refuses with what to do: %s', async (_, bytes, refused) => {
    expect(await codeOf(bytes)).toBe(refused);
  });

  it('unpacks of each part its beginning: what an archive would become does not matter', async () => {
    const bomb = Buffer.from(zipSync({ 'word/media/image1.png': new Uint8Array(50_000_000), ...parts(WORD) }));
    // The rest of its first part can be unpacked no more.
    bomb.fill(0xff, 200, 2_000);
    expect(await codeOf(bomb)).toBe(DOCX);
    // Of what is unpacked whole there is a bound.
    const types = { '[Content_Types].xml': new Uint8Array(2_000_000) };
    expect(await codeOf(office(WORD, types))).toBe('415 file_broken');
    const within = Buffer.from(zipSync({ 'a.bin': new Uint8Array(1), ...parts(SHEET) }));
    const large = Buffer.concat([within, Buffer.alloc(21_000_000)]);
    expect(await codeOf(office(WORD, { 'word/embeddings/a.xlsx': large }))).toBe('415 file_macros');
    const many = Object.fromEntries(Array.from({ length: 5_100 }, (_, n) => [`word/${n}.xml`, new Uint8Array()]));
    expect(await codeOf(Buffer.from(zipSync({ ...parts(WORD), ...many })))).toBe('415 file_broken');
  });
});

it.each([
  ['report 12.pdf', 'report 12.pdf'],
  ['Báo cáo tháng 1.PDF', 'Báo cáo tháng 1.PDF'],
  ['../../etc/passwd', 'passwd.pdf'],
  ['C:\\Users\\ann\\report.pdf', 'report.pdf'],
  ['..', 'file.pdf'],
  ['.pdf', 'pdf.pdf'],
  ['  . report .pdf. ', 'report.pdf'],
  ['re\nport\r\n\0.pdf', 'report.pdf'],
  // Shown from right to left it would read as another: "report‮fdp.exe".
  ['report\u202efdp.exe', 'reportfdp.exe.pdf'],
  ['re\u200bp\u2066ort.pdf', 'report.pdf'],
  ['a"b<c>d:e|f?g*.pdf', 'a_b_c_d_e_f_g_.pdf'],
  ['virus.exe', 'virus.exe.pdf'],
  ['CON.pdf', '_CON.pdf'],
  ['\ud83d.pdf', 'pdf.pdf'],
  ['Ba\u0301o.pdf', 'Báo.pdf'],
  [`${'\u{1f600}'.repeat(200)}.pdf`, `${'\u{1f600}'.repeat(116)}.pdf`],
  [`${'x'.repeat(500)}.pdf`, `${'x'.repeat(116)}.pdf`],
])('what is called %j is kept as %j', (given, kept) => {
  expect(fileName(given, 'application/pdf')).toBe(kept);
});

it('of two ends that mean the same either may stand', () => {
  expect(fileName('a.JPEG', 'image/jpeg')).toBe('a.JPEG');
  expect(fileName('a.jpg', 'image/jpeg')).toBe('a.jpg');
  expect(fileName('a.txt', 'text/csv')).toBe('a.txt.csv');
});
