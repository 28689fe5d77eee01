// A laid out chapter → what is wider than the page, and what has to be moved sideways to be seen.

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
  const isText = node.nodeType === Node.TEXT_NODE
  if (isText && !node.nodeValue.trim()) return NodeFilter.FILTER_SKIP
  const rects = isText ? textRects(doc, node) : node.getClientRects()
  const excess = Math.max(0, ...Array.from(rects, rect => beyond(page, rect)))
  const element = isText ? node.parentElement : node
  if (excess > TOLERANCE) {
    found.push({ kind: 'cut', excess: Math.round(excess), ...describe(element, node) })
    return NodeFilter.FILTER_REJECT
  }
  if (isText) return NodeFilter.FILTER_SKIP
  // The inside of a formula is as wide as the formula.
  const { overflowX } = doc.defaultView.getComputedStyle(node)
  if (overflowX !== 'visible') {
    const hidden = node.scrollWidth - node.clientWidth
    if (hidden > TOLERANCE) {
      const kind = overflowX === 'auto' || overflowX === 'scroll' ? 'scrolls' : 'cut'
      found.push({ kind, excess: hidden, ...describe(node, node) })
    }
    return NodeFilter.FILTER_REJECT
  }
  return node.localName === 'math' ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP
}

const textRects = (doc, node) => {
  const range = doc.createRange()
  range.selectNodeContents(node)
  return range.getClientRects()
}

const beyond = (page, rect) => {
  if (!rect.width) return 0
  const start = Math.floor((rect.left + TOLERANCE) / page.width) * page.width
  return Math.max(rect.right - (start + page.width - page.right), start + page.left - rect.left)
}

const describe = (element, node) => ({
  element: element.localName,
  names: element.getAttribute('class') ?? '',
  id: element.closest('[id]')?.id ?? '',
  text: (element.querySelector?.('math')?.getAttribute('alttext') ?? node.textContent)
    .trim().replace(/\s+/g, ' ').slice(0, 160),
})
