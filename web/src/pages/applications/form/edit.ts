import type { Path } from "../../../application/path";
import type { ApplicationValue } from "../../../application/types";

/** What each part of the form gets: the document as it is meant, and a way to change one field of it. */
export interface FormProps {
  value: ApplicationValue;
  edit: (path: Path, value: unknown) => void;
}
