// A laid out chapter → what is wider than the page, and what has to be moved sideways to be seen:
// how many pixels of it, where (an element), and in words.

const TOLERANCE = 2

export const overflowing = (doc, pageWidth) => {
  const found = []
  const page = geometry(doc, pageWidth)
  const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode: node => judge(doc, page, node, found),
  })
  while (walker.nextNode());
  return found
}

// Columns of one width, side by side: where the text of a page begins and ends.
const geometry = (doc, pageWidth) => {
  const { paddingLeft, paddingRight } = doc.defaultView.getComputedStyle(doc.documentElement)
  return { width: pageWidth, left: parseFloat(paddingLeft), right: parseFloat(paddingRight) }
}

const judge = (doc, page, node, found) => {
  if (node.nodeType === Node.TEXT_NODE) {
    const excess = textExcess(doc, page, node)
    if (excess > TOLERANCE) found.push(report('cut', excess, node.parentElement, node))
    return NodeFilter.FILTER_SKIP
  }
  const { display, overflowX } = doc.defaultView.getComputedStyle(node)
  // What an inline element holds is judged by itself.
  const excess = display === 'inline' ? 0 : widest(page, node.getClientRects())
  if (excess > TOLERANCE) {
    found.push(report('cut', excess, node, node))
    return NodeFilter.FILTER_REJECT
  }
  if (overflowX !== 'visible') {
    const hidden = node.scrollWidth - node.clientWidth
    const kind = overflowX === 'auto' || overflowX === 'scroll' ? 'scrolls' : 'cut'
    if (hidden > TOLERANCE) found.push(report(kind, hidden, node, node))
    return NodeFilter.FILTER_REJECT
  }
  // The inside of a formula is as wide as the formula.
  return node.localName === 'math' ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP
}

// Spaces at the end of a line of code hang beyond it, and cut nothing off: letters are asked.
const textExcess = (doc, page, node) => {
  if (!node.nodeValue.trim()) return 0
  const range = doc.createRange()
  range.selectNodeContents(node)
  if (widest(page, range.getClientRects()) <= TOLERANCE) return 0
  const excesses = Array.from(node.nodeValue.matchAll(/\S/g), ({ index }) => {
    range.setStart(node, index)
    range.setEnd(node, index + 1)
    return widest(page, range.getClientRects())
  })
  return Math.max(...excesses)
}

const widest = (page, rects) => Math.max(0, ...Array.from(rects, rect => beyond(page, rect)))

const beyond = (page, rect) => {
  if (!rect.width) return 0
  const start = Math.floor((rect.left + TOLERANCE) / page.width) * page.width
  return Math.max(rect.right - (start + page.width - page.right), start + page.left - rect.left)
}

const report = (kind, excess, element, node) => ({
  kind,
  excess: Math.round(excess),
  place: element,
  element: element.localName,
  names: element.getAttribute('class') ?? '',
  id: element.closest('[id]')?.id ?? '',
  text: (element.querySelector?.('math')?.getAttribute('alttext') ?? node.textContent)
    .trim().replace(/\s+/g, ' ').slice(0, 160),
})
