// MathJax's internal tree -> marks where a formula may be broken: data-line on the rows of a
// display, data-break on relations, operators, commas and wide spaces that stand in a row itself
// and not in a fraction, a root or between \left and \right. The SVG output keeps such attributes.
kexue.markLines = (function () {
  const KINDS = { 2: 'b', 3: 'r', 6: 'p' }; // texClass: binary operator, relation, punctuation
  const WIDE = 0.9; // em
  const PRODUCT = /^[\u00b7\u22c5\u00d7\u2217*\u2218\u2219\u2297\u2299\u00f7/]$/;

  const meaningful = (node) => node.childNodes.filter(Boolean);
  const isWrapper = (node) => node.kind === 'math' || node.kind === 'mstyle' || node.isInferred;

  // A display set in several rows may be taken apart; an array with rules or a frame may not.
  function isSplittable(table) {
    const get = (name) => String(table.attributes.get(name) || '');
    const ruled = /solid|dashed|dotted/.test(get('rowlines') + get('columnlines') + get('frame'));
    return !ruled && table.attributes.get('displaystyle') === true;
  }

  function cells(row) {
    return row.kind === 'mlabeledtr' ? meaningful(row).slice(1) : meaningful(row);
  }

  // What is left when all that surrounds a single thing is taken off.
  function core(node) {
    for (;;) {
      const inside = meaningful(node);
      if (isWrapper(node) && inside.length === 1) node = inside[0];
      else if (node.kind === 'TeXAtom' && inside.length === 1 && inside[0].isInferred) {
        if (meaningful(inside[0]).length !== 1) return node;
        node = inside[0];
      } else if (node.kind === 'mtable' && inside.length === 1 && cells(inside[0]).length === 1) {
        const [cell] = cells(inside[0]);
        if (!isSplittable(node)) return node;
        node = meaningful(cell)[0];
      } else return node;
      if (!node) return null;
    }
  }

  const text = (node) => node.childNodes.map((child) => child.text || '').join('');

  function width(space) {
    const parts = /^(-?[\d.]+)em$/.exec(String(space.attributes.get('width') || ''));
    return parts ? Number(parts[1]) : 0;
  }

  // depth: how many brackets are open, which a line break should rather not part.
  function markRow(nodes, state) {
    for (const node of nodes) {
      if (!node) continue;
      if (isWrapper(node)) {
        markRow(meaningful(node), state);
        continue;
      }
      let kind = KINDS[node.texClass];
      if (node.kind === 'mspace') kind = width(node) >= WIDE ? 's' : undefined;
      else if (node.texClass === 4) state.depth++;
      else if (node.texClass === 5) state.depth = Math.max(0, state.depth - 1); // also )^2
      if (node.kind === 'mo' && kind === 'r' && text(node) === ':') kind = undefined;
      if (kind === 'p' && node.kind === 'mo' && !/[,;\uff0c\uff1b]/.test(text(node))) kind = undefined;
      if (kind === 'b' && node.kind === 'mo' && PRODUCT.test(text(node))) kind = 'm';
      if (kind === undefined || !node.attributes) continue;
      node.attributes.set('data-break', kind + state.depth);
    }
  }

  return function (root) {
    root.setTeXclass(null);
    const node = core(root);
    if (!node) return;
    if (node.kind !== 'mtable') {
      markRow(isWrapper(node) ? meaningful(node) : [node], { depth: 0 });
      return;
    }
    if (!isSplittable(node)) return;
    meaningful(node).forEach((row, index) => {
      row.attributes.set('data-line', String(index));
      const state = { depth: 0 };
      for (const cell of cells(row)) markRow(meaningful(cell), state);
    });
  };
})();
