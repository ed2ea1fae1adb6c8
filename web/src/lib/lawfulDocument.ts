/** Applies what an element is given as its style's text through the object model, which a strict policy allows. */
function lawful(element: HTMLElement): HTMLElement {
  if (element instanceof HTMLStyleElement) {
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets.push(sheet);
    Object.defineProperty(element, "textContent", { set: (rules: string) => sheet.replaceSync(rules) });
    element.remove = () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
      HTMLStyleElement.prototype.remove.call(element);
    };
    return element;
  }
  element.setAttribute = (name: string, value: string) => {
    if (name === "style") element.style.cssText = value;
    else HTMLElement.prototype.setAttribute.call(element, name, value);
  };
  return element;
}

/** The page's document for a library that writes style elements and attributes, which the page's policy forbids. */
export function lawfulDocument(): Document {
  const createElement = (name: string) => lawful(document.createElement(name));
  return new Proxy(document, {
    get(target, name) {
      if (name === "createElement") return createElement;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
