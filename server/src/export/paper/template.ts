/**
 * The layout of a paper, in Typst. What it says comes as data, which is set as text and never read as markup: whatever people wrote
 * stands there as they wrote it.
 */
export const TEMPLATE = `
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#let dense = paper.at("isDense", default: false)
#set text(font: "Inter", size: 9pt, lang: paper.language)
#set par(leading: 0.55em)
#let quiet = rgb("#5a6570")
#let hair = 0.4pt + rgb("#c9d0d6")
#set page(
  paper: "a4",
  margin: if dense { (x: 16mm, top: 12mm, bottom: 14mm) } else { (x: 18mm, top: 18mm, bottom: 20mm) },
  footer: context {
    set text(size: 7.5pt, fill: quiet)
    grid(
      columns: (1fr, auto),
      column-gutter: 6mm,
      paper.footer,
      paper.page.replace("{n}", str(counter(page).get().first())).replace("{all}", str(counter(page).final().first())),
    )
  },
)
// An address has no spaces: it is parted after its signs, and between the codes of a list.
#let broken(words) = words.replace(regex("[/&?=]|%2C|%3A"), sign => sign.text + "\\u{200B}")
#let number(cell) = if cell.at("link", default: none) != none { link(cell.link, cell.text) } else { cell.text }

#let told(rows) = grid(
  columns: (48mm, 1fr),
  column-gutter: 4mm,
  row-gutter: 1.6mm,
  ..rows.map(row => (
    text(fill: quiet, row.name),
    if row.name == row.value { [] }
    else if row.isLink { link(row.value, text(size: 7.5pt, broken(row.value))) }
    else { row.value },
  )).flatten()
)

#let blue = rgb("#1f6feb")
#let band = rgb("#dfe4e8")
#let dashed = (paint: blue, thickness: 0.7pt, dash: "densely-dashed")
#let bars(points) = {
  let known(value) = if value == none { 0.0 } else { float(value) }
  let high(range) = if range == none { 0.0 } else { float(range.at(1)) }
  let most = calc.max(..points.map(p => calc.max(known(p.now), known(p.before), known(p.mean), high(p.usual), high(p.foreseen))), 0.000001)
  let width = 100% / points.len()
  let tall(value) = 32mm * value / most
  let between(range, paint, dx, wide) = place(
    bottom + left, dx: dx, dy: -tall(calc.max(0.0, float(range.at(0)))),
    rect(width: wide, height: tall(calc.max(0.0, float(range.at(1)) - calc.max(0.0, float(range.at(0))))), fill: paint),
  )
  let marked = points.any(p => p.at("marks", default: ()).len() > 0)
  if marked {
    block(width: 100%, height: 3mm, below: 0.5mm, for (n, p) in points.enumerate() {
      if p.marks.len() > 0 { place(top + left, dx: n * width, text(size: 7pt, weight: 600, p.marks.map(str).join(","))) }
    })
  }
  block(width: 100%, height: 34mm, stroke: (bottom: hair), {
    for (n, p) in points.enumerate() {
      if marked and p.marks.len() > 0 { place(bottom + left, dx: n * width, line(length: 34mm, angle: -90deg, stroke: (paint: quiet, thickness: 0.5pt, dash: "dotted"))) }
      if p.usual != none { between(p.usual, band, n * width, width) }
      place(bottom + left, dx: n * width + width * 0.14, rect(width: width * 0.72, height: tall(known(p.now)), fill: blue))
      if p.mean != none {
        place(bottom + left, dx: n * width + width * 0.14, rect(width: width * 0.72, height: tall(known(p.mean)), stroke: dashed))
        between(p.foreseen, blue.transparentize(55%), n * width + width * 0.42, width * 0.16)
      }
      if p.before != none {
        place(bottom + left, dx: n * width + width * 0.14, dy: -tall(known(p.before)), line(length: width * 0.72, stroke: 1pt + quiet))
      }
    }
  })
  grid(
    columns: (1fr, auto),
    text(size: 7.5pt, fill: quiet, points.first().at),
    text(size: 7.5pt, fill: quiet, points.last().at),
  )
}

#let looks = (
  now: box(width: 3mm, height: 2mm, fill: blue),
  before: box(width: 3mm, height: 0.8mm, fill: quiet),
  usual: box(width: 3mm, height: 2mm, fill: band),
  foreseen: box(width: 3mm, height: 2mm, stroke: dashed),
)
#let legend(keys) = text(size: 7.5pt, fill: quiet, keys.map(key => looks.at(key.look) + h(1.2mm) + key.name).join(h(5mm)))

#let cross(table-of) = {
  set text(size: 7.5pt)
  table(
    columns: (40mm, ..table-of.columns.slice(1).map(_ => 1fr)),
    align: table-of.columns.map(c => if c.isNumber { right } else { left }),
    stroke: (_, y) => (bottom: hair),
    inset: (x: 1mm, y: 1mm),
    table.header(..table-of.columns.map(c => text(size: 7pt, weight: 600, c.name))),
    ..table-of.rows.flatten().map(number)
  )
}

#let rows(table-of, k) = table(
  columns: table-of.columns.map(c => if c.isNumber { auto } else { c.at("share", default: 1) * 1fr }),
  align: table-of.columns.map(c => if c.isNumber { right } else { left }),
  stroke: (_, y) => (bottom: hair),
  inset: (x: if dense { 1mm } else { 2mm }, y: if dense { k * 0.6mm } else { 1.3mm }),
  ..if table-of.columns.any(c => c.name != "") { (table.header(..table-of.columns.map(c => text(size: k * 7.5pt, weight: 600, c.name))),) },
  ..table-of.rows.flatten().map(number)
)

// What is dense is set as large as one page has room for, and never smaller than it can be read: then it takes more pages.
#let body(k) = {
set text(size: if dense { k * 8.5pt } else { 9pt })
text(size: k * 17pt, weight: 600, paper.title)
if paper.warning != none { block(above: 2mm, text(weight: 600, fill: rgb("#b42318"), paper.warning)) }

for (n, section) in paper.sections.enumerate() {
  if section.title != none { block(above: if dense { k * 2.6mm } else if n == 0 { 6mm } else { 10mm }, below: if dense { k * 1.2mm } else { 2mm }, sticky: true, text(size: if dense { k * 10.5pt } else { 12pt }, weight: 600, section.title)) }
  for line in section.text { block(below: 1.6mm, line) }
  if section.main != none {
    block(above: 4mm, below: 3mm, grid(
      columns: (auto, 1fr),
      column-gutter: 5mm,
      align: bottom,
      text(size: 22pt, weight: 600, number(section.main.value)),
      text(fill: quiet, section.main.name + linebreak() + section.main.beside),
    ))
  }
  let of = section.at("of", default: ())
  if of.len() > 0 { block(below: 3mm, for (n, line) in of.enumerate() { block(above: 0mm, below: 1.4mm, text(weight: if n == 0 { 600 } else { 400 }, line)) }) }
  if section.points.len() > 1 { block(above: 3mm, below: 3mm, breakable: false, { bars(section.points); legend(section.at("keys", default: ())) }) }
  let happened = section.at("happened", default: ())
  if happened.len() > 0 {
    block(above: 2mm, below: 3mm, grid(
      columns: (auto, auto, 1fr),
      column-gutter: 3mm,
      row-gutter: 1.6mm,
      ..happened.enumerate().map(((n, one)) => (
        text(weight: 600, str(n + 1)), text(fill: quiet, one.when),
        [#number(one.text)#if one.of != "" { text(fill: quiet, " · " + one.of) }],
      )).flatten()
    ))
  }
  for crossed in section.at("crossed", default: ()) { block(below: 4mm, cross(crossed)) }
  if section.table.rows.len() > 0 { rows(section.table, k) }
  if section.more != none { block(above: 2mm, text(fill: quiet, section.more)) }
  if section.about.len() > 0 { block(above: 5mm, told(section.about)) }
}
}

#if not dense { body(1.0) } else {
  context {
    // A4 without its margins.
    let fits(k) = measure(width: 210mm - 2 * 16mm, body(k)).height <= 297mm - 12mm - 14mm
    let largest = (1.4, 1.35, 1.3, 1.25, 1.2, 1.15, 1.1, 1.05, 1.0).find(fits)
    body(if largest == none { 1.1 } else { largest })
  }
}
`;
