import { useSyncExternalStore } from "react";

/** An application that is being written. Drafts are kept in this browser until the exchange keeps them. */
export interface Draft {
  id: string;
  text: string;
  changedAt: string;
}

const place = "hansa.drafts";
const listeners = new Set<() => void>();
let drafts = read();

function read(): Draft[] {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? "[]") as Draft[];
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function change(next: Draft[]): void {
  drafts = next;
  localStorage.setItem(place, JSON.stringify(next));
  for (const listener of listeners) listener();
}

/** Keeps a text as a new draft, and answers its identifier. */
export function createDraft(text: string): string {
  const id = crypto.randomUUID().slice(0, 8);
  change([{ id, text, changedAt: new Date().toISOString() }, ...drafts]);
  return id;
}

export function writeDraft(id: string, text: string): void {
  change(drafts.map((draft) => (draft.id === id ? { id, text, changedAt: new Date().toISOString() } : draft)));
}

export function deleteDraft(id: string): void {
  change(drafts.filter((draft) => draft.id !== id));
}

export function useDrafts(): Draft[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => drafts,
  );
}
