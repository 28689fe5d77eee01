// MathJax 3.2.2 in V8: LaTeX -> MathML and display list, many formulas a call.
// Loaded last: after MathJax's loader, core, liteDOM, tex-full, svg and svg fonts, and after
// quicker.js, tex.js, tidy.js, lines.js, mathml.js and display_list.js.
(function () {
  const { mathjax } = MathJax._.mathjax;
  // Of characters that MathJax's font has not: Chinese ones are 1 em wide, others half.
  const adaptor = MathJax._.adaptors.liteAdaptor.liteAdaptor({
    fontSize: 16, cjkCharWidth: 1, unknownCharWidth: 0.5, unknownCharHeight: 0.8,
  });
  MathJax._.handlers.html_ts.RegisterHTMLHandler(adaptor);
  const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]|\p{Surrogate}/u;

  let lastError = null, doc = null, work = { results: [], glyphs: {} };
  const input = new kexue.tex((message) => { lastError = message; });
  const svg = new MathJax._.output.svg_ts.SVG({
    fontCache: 'global', font: new MathJax._.output.svg.fonts.tex_ts.TeXFont(),
  });

  // Outlines go into the answer instead of <defs>.
  const reported = {};
  svg.fontCache.cachePath = function (variant, hex, path) {
    const id = `${svg.font.getVariant(variant).cacheID.replace('TEX-', '')}-${hex}`;
    if (!(id in reported)) {
      reported[id] = true;
      work.glyphs[id] = [path, svg.font.getChar(variant, parseInt(hex, 16))[2]];
    }
    return id;
  };

  // A formula narrower than this stays whole; thousandths of an em.
  const BREAKABLE = 4000;

  const rounded = (x) => Math.round(x * 10) / 10;

  function size(root, list) {
    const a = root.attributes;
    if (a.viewBox) {
      const [, top, width, height] = a.viewBox.split(' ').map(Number);
      return { w: rounded(width), h: rounded(-top), d: rounded(height + top) };
    }
    // A display with numbers is as wide as its container; it states its depth in ex, and
    // MathJax's font has an x-height of .442 em.
    const group = root.children.find((child) => child.kind === 'g');
    const top = Number(/translate\(0, ?(-?[\d.]+)\)/.exec(group.attributes.transform)[1]);
    const ex = (name) => parseFloat(adaptor.getStyle(root, name)) * 1000 * svg.font.params.x_height;
    const width = list.width === null ? ex('min-width') : list.width;
    return { w: rounded(width), h: rounded(-top), d: rounded(-ex('vertical-align')) };
  }

  function forbidden(source) {
    const found = FORBIDDEN.exec(source);
    if (!found) return null;
    const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `it holds the character U+${code}, perhaps the rest of a lost backslash`;
  }

  function compiled(source, display) {
    const tex = input.for(source);
    if (!doc || doc.inputJax[0] !== tex) doc = mathjax.document('', { InputJax: tex, OutputJax: svg });
    tex.reset();
    const math = new doc.options.MathItem(source, tex, display);
    math.start.node = adaptor.body(doc.document);
    math.setMetrics(16, 8, 640, 1e6, 1);
    math.compile(doc);
    return math;
  }

  function set(source, display) {
    lastError = forbidden(source);
    if (lastError) return { error: lastError };
    const math = compiled(source, display);
    if (lastError) return { error: lastError };
    kexue.tidy(math.root);
    const mathml = kexue.mathml(math.root);
    kexue.drawable(math.root);
    kexue.markLines(math.root);
    math.typeset(doc);
    const root = math.typesetRoot.children.find((child) => child.kind === 'svg');
    const list = kexue.displayList(root, (node) => adaptor.textContent(node));
    const measured = size(root, list);
    const lines = measured.w < BREAKABLE && list.lines.length < 2 ? [] : list.lines;
    return { mathml, ops: list.operators, rows: list.rows.map(rounded), lines, ...measured };
  }

  function tooLarge({ mathml, w, h, d }) {
    if (!(w <= CONFIG.maxSize && h + d <= CONFIG.maxSize)) {
      return `it would be larger than ${CONFIG.maxSize / 1000} em`;
    }
    return mathml.length > CONFIG.maxOutput ? 'it comes out too large' : null;
  }

  function explained(error) {
    if (error instanceof RangeError && /call stack/.test(error.message)) return 'it is nested too deeply';
    return String((error && error.message) || error);
  }

  function typeset(source, display) {
    try {
      const result = set(source, display);
      const error = 'error' in result ? null : tooLarge(result);
      return error ? { error } : result;
    } catch (error) {
      input.forget();
      return { error: explained(error) };
    } finally {
      input.leaves(source); // definitions end with their formula
    }
  }

  // As many of [[tex, display], ...] as can be set in so many milliseconds, at least one.
  kexue.batch = function (json, milliseconds) {
    work = { results: [], glyphs: {} };
    const end = Date.now() + milliseconds;
    for (const [source, display] of JSON.parse(json)) {
      if (work.results.length && Date.now() > end) break;
      work.results.push(typeset(source, display));
    }
    return JSON.stringify(work);
  };

  // What the last batch had made when V8 stopped it: the next formula is the guilty one.
  kexue.salvage = function () {
    input.forget();
    return JSON.stringify(work);
  };
})();
