// What is weighty wants a fresh proof of who asks. Whoever sends such a request waits here until it was given.
import { useSyncExternalStore } from "react";

type Settle = (proven: boolean) => void;

const listeners = new Set<() => void>();
let settle: Settle | undefined;
let asked: Promise<boolean> | undefined;

function tell(): void {
  for (const listener of listeners) listener();
}

/** Asks for a proof, once for all who want it at the same time. Answers whether it was given. */
export function askForProof(): Promise<boolean> {
  asked ??= new Promise<boolean>((resolve) => {
    settle = resolve;
    tell();
  });
  return asked;
}

/** Lets those go on who wait: with the proof, or without it. */
export function settleProof(proven: boolean): void {
  settle?.(proven);
  settle = undefined;
  asked = undefined;
  tell();
}

/** Whether somebody waits for a proof. */
export function useProofAsked(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => settle !== undefined,
  );
}
