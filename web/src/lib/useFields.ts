import { useState } from "react";

type TextKey<Form> = { [Key in keyof Form]: Form[Key] extends string ? Key : never }[keyof Form];

/** What a form holds, how it is changed, and what binds an input to one of its texts: `{...field("name")}`. */
export function useFields<Form extends object>(initial: Form) {
  const [form, setForm] = useState(initial);
  const field = <Key extends TextKey<Form>>(key: Key) => ({
    value: form[key],
    onChange: ({ target }: { target: { value: string } }) => setForm((old) => ({ ...old, [key]: target.value })),
  });
  return { form, setForm, field };
}
