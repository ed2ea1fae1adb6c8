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

/**
 * Lets a library that writes style elements, and style attributes of spans, work under a policy that forbids both:
 * they are put in place by means that it allows. Holds until what it answers is called.
 */
export function allowStyles(): () => void {
  type Create = (name: string, options?: ElementCreationOptions) => HTMLElement;
  const original: Create = Reflect.get(document, "createElement");
  const create = original.bind(document);
  const lawful: Create = (name, options) => {
    if (name === "style") return styling();
    return name === "span" ? styled(create(name)) : create(name, options);
  };
  Object.defineProperty(document, "createElement", { configurable: true, value: lawful });
  // Without one of its own, the document has that of its prototype again.
  return () => void Reflect.deleteProperty(document, "createElement");
}
