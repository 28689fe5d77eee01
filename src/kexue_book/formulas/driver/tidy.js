// MathJax's internal tree -> the same without what could do harm or cannot be printed: links,
// classes, ids and titles go, of styles only harmless properties stay, and of something to
// click on only what it shows first.
kexue.tidy = (function () {
  const DROPPED = ['href', 'class', 'id', 'title', 'actiontype', 'selection'];
  const COLOR = /^(?:#(?:[0-9a-f]{3}|[0-9a-f]{6})|[a-z]{3,24}|rgba?\([\d\s.,%]+\))$/i;
  const LENGTH = '\\d{1,3}(?:\\.\\d+)?(?:px|pt|em|ex)';
  const BORDER = new RegExp(`^${LENGTH}(?: (?:solid|dashed|dotted))?(?: (?:#[0-9a-f]{3,6}|[a-z]{3,24}))?$`, 'i');
  const VALUES = {
    color: COLOR,
    'background-color': COLOR,
    border: BORDER, 'border-top': BORDER, 'border-right': BORDER,
    'border-bottom': BORDER, 'border-left': BORDER,
    padding: new RegExp(`^(?:${LENGTH}|0)(?: (?:${LENGTH}|0)){0,3}$`),
    'font-weight': /^(?:bold|normal|[1-9]00)$/,
    'font-style': /^(?:italic|normal)$/,
    'font-size': /^(?:\d{2,3}%|[0-4](?:\.\d+)?em)$/,
  };

  function properties(style) {
    const found = {};
    for (const part of String(style).split(';')) {
      const [name, value] = part.split(/:(.*)/s).map((text) => text.trim().replace(/\s+/g, ' '));
      const known = name.toLowerCase() === 'background' ? 'background-color' : name.toLowerCase();
      if (value && known in VALUES && VALUES[known].test(value)) found[known] = value;
    }
    return found;
  }

  // Colours become attributes, which both outputs know; the rest stays a style.
  function styled(attributes, style) {
    const { color, 'background-color': background, ...rest } = properties(style);
    if (color && !attributes.getExplicit('mathcolor')) attributes.set('mathcolor', color);
    if (background) attributes.set('mathbackground', background);
    delete attributes.getAllAttributes().style;
    const text = Object.entries(rest).map(([name, value]) => `${name}:${value}`).join(';');
    if (text) attributes.set('style', text);
  }

  function clean(node) {
    const attributes = node.attributes, explicit = attributes.getAllAttributes();
    for (const name of DROPPED) delete explicit[name];
    for (const name of ['mathcolor', 'mathbackground']) {
      if (name in explicit && !COLOR.test(explicit[name])) delete explicit[name];
    }
    if ('style' in explicit) styled(attributes, explicit.style);
  }

  return function (root) {
    const actions = [];
    root.walkTree((node) => {
      if (node.isKind('maction')) actions.push(node);
      if (node.attributes) clean(node);
    });
    for (const action of actions) action.parent.replaceChild(action.selected, action);
  };
})();

// MathJax's font has no small or Greek double-struck letters, no double-struck digits and no
// upright bold small Greek: where they are drawn, bold ones stand in. MathML keeps the real ones.
kexue.drawable = function (root) {
  const GREEK = /^[\u03b1-\u03c9\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5]+$/;
  root.walkTree((node) => {
    if (!node.isToken || node.isKind('mtext')) return;
    const variant = node.attributes.get('mathvariant');
    const text = node.childNodes.map((child) => child.text || '').join('');
    if ((variant === 'bold' || variant === 'double-struck') && GREEK.test(text)) {
      node.attributes.set('mathvariant', 'bold-italic');
    } else if (variant === 'double-struck' && /[^A-Z]/.test(text)) {
      node.attributes.set('mathvariant', 'bold');
    }
  });
};
