// A reading system, as small as can be, of foliate-js: what its own demo (reader.js) does, and
// questions about what is on the screen. tests/reading.py drives it.
import './node_modules/foliate-js/view.js'
import { FootnoteHandler } from './node_modules/foliate-js/footnotes.js'
import { overflowing } from './overflow.js'

// What the demo adds to every book, with notes hidden where they pop up.
const STYLE = `
  @namespace epub "http://www.idpf.org/2007/ops";
  html { color-scheme: light dark; }
  @media (prefers-color-scheme: dark) { a:link { color: lightblue; } }
  p, li, blockquote, dd { line-height: 1.4; text-align: justify; hanging-punctuation: allow-end last; widows: 2; }
  pre { white-space: pre-wrap !important; }
`
const NOTES_POP_UP = `
  aside[epub|type~="endnote"], aside[epub|type~="footnote"],
  aside[epub|type~="note"], aside[epub|type~="rearnote"] { display: none; }
`

let view, notes, dialog

const open = async ({ popUps }) => {
  const file = document.querySelector('input').files[0]
  const started = performance.now()
  view?.close()
  view?.remove()
  view = document.createElement('foliate-view')
  document.body.append(view)
  await view.open(file)
  const parsed = performance.now()
  // A style sheet that cannot be read must not go by as an empty one.
  view.book.transformTarget?.addEventListener('data', ({ detail }) => {
    detail.data = Promise.resolve(detail.data).catch(e => {
      console.error(`${detail.name}: ${e.message}`)
      return ''
    })
  })
  if (popUps) popUpNotes(view)
  view.renderer.setStyles(popUps ? STYLE + NOTES_POP_UP : STYLE)
  await view.init({})
  await settled()
  const { book } = view
  return {
    title: book.metadata.title,
    sections: book.sections.map(section => section.id),
    contents: book.toc,
    pages: book.pageList ?? [],
    parsed: (parsed - started) / 1000,
    shown: (performance.now() - started) / 1000,
  }
}

const popUpNotes = view => {
  notes = new FootnoteHandler()
  dialog = document.querySelector('dialog')
  notes.addEventListener('before-render', ({ detail }) => {
    dialog.replaceChildren(detail.view)
    dialog.showModal()
  })
  view.addEventListener('link', e => notes.handle(view.book, e)?.catch(e => console.error(e)))
}

// The note that has popped up, once it is there.
const note = () => {
  const doc = dialog?.open && dialog.firstElementChild?.renderer?.getContents()[0]?.doc
  return doc?.body?.innerText ?? null
}
const closeNote = () => { dialog.close(); dialog.replaceChildren() }

const shownDocument = () => view.renderer.getContents()[0].doc

// Fonts are loaded, and what they changed is laid out.
const settled = async () => {
  const doc = shownDocument()
  await doc.fonts.ready
  await Promise.all([...doc.images].map(image => image.decode().catch(() => {
    console.error(`an image cannot be shown: ${image.alt || image.src}`)
  })))
  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
}

const goTo = async target => {
  const resolved = await view.goTo(target)
  if (!resolved) throw new Error(`there is no ${target}`)
  await settled()
  return where()
}

const turn = async direction => {
  await (direction < 0 ? view.prev() : view.next())
  await settled()
  return where()
}

const where = () => {
  const { index } = view.renderer.getContents()[0]
  const { tocItem, pageItem, range } = view.lastLocation
  return {
    index,
    section: view.book.sections[index].id,
    page: view.renderer.page,
    pages: view.renderer.pages - 2,
    label: tocItem?.label ?? null,
    printPage: pageItem?.label ?? null,
    text: range?.toString() ?? '',
  }
}

// Where to click: the middle of the first line of the element, if it is on the screen.
const spot = selector => {
  for (const element of shownDocument().querySelectorAll(selector)) {
    const frame = element.ownerDocument.defaultView.frameElement.getBoundingClientRect()
    for (const rect of element.getClientRects()) {
      const x = frame.left + rect.left + rect.width / 2
      const y = frame.top + rect.top + rect.height / 2
      if (x > 0 && x < innerWidth && y > 0 && y < innerHeight)
        return { x, y, href: element.getAttribute('href'), text: element.innerText }
    }
  }
  return null
}

const hrefs = selector =>
  Array.from(shownDocument().querySelectorAll(selector), link => link.getAttribute('href'))

// What a test puts at the end of the chapter to see that it would be noticed.
const insert = html => {
  shownDocument().querySelector('.chapter-body').insertAdjacentHTML('beforeend', html)
}

const isOnScreen = selector => spot(selector) !== null
const text = () => shownDocument().body.innerText

// What of the chapter is too wide; the pages with it can then be shown by number.
let tooWide = []
const overflow = () => {
  tooWide = overflowing(shownDocument(), view.renderer.size)
  return tooWide.map(({ place, ...found }) => found)
}
const showOverflow = number => view.renderer.scrollToAnchor(tooWide[number].place)

globalThis.reader = {
  open, goTo, turn, where, spot, hrefs, isOnScreen, insert, text, overflow, showOverflow, note, closeNote,
}
