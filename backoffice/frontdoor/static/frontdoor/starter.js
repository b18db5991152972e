/**
 * Starts the parts of Wagtail's forms that its templates start with inline scripts, which our content-security
 * policy does not run. The page holds a marker instead:
 *
 *   <template data-controller="frontdoor-starter" data-frontdoor-starter-name-value="PageChooser"
 *             data-frontdoor-starter-arguments-value='["id_page", {…}]'></template>
 *
 * Stimulus also sees markers that arrive later: a row added to an inline panel, a form in a dialog.
 */
(() => {
  // Only makers of form parts. Should someone smuggle a marker into a page, it can call nothing else.
  const PART = /^(?:[A-Za-z]+\.)*[A-Za-z]*(?:Chooser|Panel)$/;

  const find = (name) => name.split('.').reduce((scope, key) => scope?.[key], window);

  class Starter extends window.StimulusModule.Controller {
    static values = { name: String, arguments: Array };

    connect() {
      const { nameValue: name, argumentsValue: values } = this;
      // Moving a row takes the marker out of the page and puts it back; the part must start only once.
      this.element.remove();
      const make = PART.test(name) ? find(name) : undefined;
      if (typeof make !== 'function') throw new Error(`No form part is called ${name}`);
      if (/^(?:.*\.)?[A-Z]/.test(name)) new make(...values);
      else make(...values);
    }
  }

  window.wagtail.app.register('frontdoor-starter', Starter);
})();
