/**
 * Every form is looked through as it is sent, in the words of the page: a browser would speak its own language. What is wrong stands at
 * its field and is its description to whoever hears it; the first of these takes the focus. Layouts begin it, once for all their forms.
 */
import { watch } from 'vue';
import { fields } from '../i18n/fields.ts';
import { addMessages } from '../i18n/index.ts';
import { type FieldWords, fieldFault } from '../messages/field-faults.ts';

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
interface Shown {
  note: HTMLElement;
  /** What the field said of itself before. */
  before: { 'aria-invalid': string | null; 'aria-describedby': string | null };
}

const isControl = (element: EventTarget | null): element is Control =>
  element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement;

addMessages(fields);

/** Returns what ends it. */
export function checkForms(words: () => FieldWords): () => void {
  const shown = new Map<Control, Shown>();
  let made = 0;

  const clear = (control: Control): void => {
    const told = shown.get(control);
    if (told === undefined) return;
    told.note.remove();
    for (const [name, value] of Object.entries(told.before))
      if (value === null) control.removeAttribute(name);
      else control.setAttribute(name, value);
    shown.delete(control);
  };
  const say = (control: Control): void => {
    const text = control.willValidate ? fieldFault(control, words()) : undefined;
    if (text === undefined) {
      clear(control);
      return;
    }
    const told = shown.get(control) ?? begin(control);
    told.note.textContent = text;
  };
  const begin = (control: Control): Shown => {
    const note = document.createElement('span');
    made += 1;
    note.id = `field-fault-${made}`;
    note.className = 'field-fault';
    note.dataset['test'] = 'field-fault';
    // Within a label it would become part of the field's name: it is its description alone.
    note.setAttribute('aria-hidden', 'true');
    const before = {
      'aria-invalid': control.getAttribute('aria-invalid'),
      'aria-describedby': control.getAttribute('aria-describedby'),
    };
    const label = control.closest('label');
    if (label === null) control.after(note);
    else label.append(note);
    control.setAttribute('aria-invalid', 'true');
    control.setAttribute(
      'aria-describedby',
      [note.id, before['aria-describedby']].filter((id) => id !== null).join(' '),
    );
    const told = { note, before };
    shown.set(control, told);
    return told;
  };

  /** Of forms that somebody is about to use: a browser's own words come no more, as it is sent or as the pointer rests there. */
  const take = ({ target }: Event): void => {
    const form = target instanceof Element ? target.closest('form') : null;
    if (form !== null) form.noValidate = true;
  };
  const check = (event: Event): void => {
    const { target: form } = event;
    if (!(form instanceof HTMLFormElement)) return;
    for (const control of shown.keys()) if (!control.isConnected) clear(control);
    const controls = [...form.elements].filter(isControl);
    for (const control of controls) say(control);
    const first = controls.find((control) => control.willValidate && !control.validity.valid);
    if (first === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    first.focus();
  };
  /** What is mended is told no more. */
  const again = ({ target }: Event): void => {
    if (isControl(target) && shown.has(target)) say(target);
  };
  const EVENTS = { pointerover: take, focusin: take, submit: check, input: again, change: again } as const;

  for (const [name, listen] of Object.entries(EVENTS)) document.addEventListener(name, listen, { capture: true });
  const unwatch = watch(
    () => words().language,
    () => {
      for (const control of [...shown.keys()]) say(control);
    },
  );
  return () => {
    unwatch();
    for (const [name, listen] of Object.entries(EVENTS)) document.removeEventListener(name, listen, { capture: true });
    for (const control of [...shown.keys()]) clear(control);
  };
}
