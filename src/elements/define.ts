/** Registers `tag`, unless the page already has it: two copies of the library on one page do not fail. */
export function define(tag: string, element: CustomElementConstructor): void {
  if (!customElements.get(tag)) customElements.define(tag, element);
}
