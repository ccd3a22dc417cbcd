/**
 * The layout of a paper, in Typst. What it says comes as data, which is set as text and never read as markup: whatever people wrote
 * stands there as they wrote it.
 */
export const TEMPLATE = `
#let paper = json(bytes(sys.inputs.paper))
#set document(title: paper.title)
#let dense = paper.at("isDense", default: false)
#set text(font: "Inter", size: if dense { 8.5pt } else { 9pt }, lang: paper.language)
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
#let broken(words) = words.replace("/", "/\\u{200B}").replace("&", "&\\u{200B}").replace("?", "?\\u{200B}")
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

#let bars(points) = {
  let known(value) = if value == none { 0.0 } else { float(value) }
  let most = calc.max(..points.map(p => calc.max(known(p.now), known(p.before))), 0.000001)
  let width = 100% / points.len()
  block(width: 100%, height: 34mm, stroke: (bottom: hair), {
    for (n, p) in points.enumerate() {
      place(bottom + left, dx: n * width, rect(width: width * 0.72, height: 32mm * known(p.now) / most, fill: rgb("#1f6feb")))
      if p.before != none {
        place(bottom + left, dx: n * width, dy: -32mm * known(p.before) / most, line(length: width * 0.72, stroke: 1pt + quiet))
      }
    }
  })
  grid(
    columns: (1fr, auto),
    text(size: 7.5pt, fill: quiet, points.first().at),
    text(size: 7.5pt, fill: quiet, points.last().at),
  )
}

#let rows(table-of) = table(
  columns: table-of.columns.enumerate().map(((n, c)) => if c.isNumber { auto } else { 1fr }),
  align: table-of.columns.map(c => if c.isNumber { right } else { left }),
  stroke: (_, y) => (bottom: hair),
  inset: (x: if dense { 1mm } else { 2mm }, y: if dense { 0.75mm } else { 1.3mm }),
  table.header(..table-of.columns.map(c => text(size: 7.5pt, weight: 600, c.name))),
  ..table-of.rows.flatten().map(number)
)

#text(size: 17pt, weight: 600, paper.title)
#if paper.warning != none { block(above: 2mm, text(weight: 600, fill: rgb("#b42318"), paper.warning)) }

#for (n, section) in paper.sections.enumerate() {
  if section.title != none { block(above: if dense { 3.2mm } else if n == 0 { 6mm } else { 10mm }, below: if dense { 1.2mm } else { 2mm }, sticky: true, text(size: if dense { 10.5pt } else { 12pt }, weight: 600, section.title)) }
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
  if section.points.len() > 1 { block(above: 3mm, below: 3mm, breakable: false, bars(section.points)) }
  if section.table.rows.len() > 0 { rows(section.table) }
  if section.more != none { block(above: 2mm, text(fill: quiet, section.more)) }
  if section.about.len() > 0 { block(above: 5mm, told(section.about)) }
}
`;
