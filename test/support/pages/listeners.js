// Counts who listens to what outlives the widget: window, document and what hangs on them.
{
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const outlives = (target) => [window, document, document.body, navigator.connection].includes(target);
  const captures = (options) => Boolean(typeof options === 'object' ? options?.capture : options);
  /** One of each: the browser takes no second one either. */
  const found = (target, type, listener, options) =>
    page.listeners.find(
      (one) =>
        one.target === target &&
        one.type === type &&
        one.listener === listener &&
        one.capture === captures(options),
    );
  const forget = (one) => {
    page.listeners = page.listeners.filter((other) => other !== one);
  };

  page.listeners = [];

  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const target = this ?? window;
    const { signal, once } = Object(options);
    if (outlives(target) && listener && !signal?.aborted && !found(target, type, listener, options)) {
      const one = { target, type, listener, capture: captures(options) };
      page.listeners.push(one);
      if (signal) addEventListener.call(signal, 'abort', () => forget(one), { once: true });
      if (once) addEventListener.call(target, type, () => forget(one), { once, capture: one.capture });
    }
    return addEventListener.call(target, type, listener, options);
  };

  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    forget(found(this ?? window, type, listener, options));
    return removeEventListener.call(this ?? window, type, listener, options);
  };
}
