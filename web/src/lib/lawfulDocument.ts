/** Stands in for a style element: its text goes to a constructed sheet, which a strict policy allows. */
function styling(): HTMLElement {
  const element = document.createElement("meta");
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, "textContent", { set: (rules: string) => sheet.replaceSync(rules) });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    HTMLElement.prototype.remove.call(element);
  };
  return element;
}

/** An element whose attribute `style` is applied through the object model, which a strict policy allows as well. */
function styled(element: HTMLElement): HTMLElement {
  element.setAttribute = (name: string, value: string) => {
    if (name === "style") element.style.cssText = value;
    else HTMLElement.prototype.setAttribute.call(element, name, value);
  };
  return element;
}

/** The page's document for a library that writes style elements and attributes, which the page's policy forbids. */
export function lawfulDocument(): Document {
  const createElement = (name: string) => (name === "style" ? styling() : styled(document.createElement(name)));
  return new Proxy(document, {
    get(target, name) {
      if (name === "createElement") return createElement;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
