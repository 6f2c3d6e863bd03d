/** Documents that are handed out. */
import type { DocumentModel, SheetModel } from "../contract/document.ts";
import type { FormLayout } from "../core/account/form.ts";

export interface DocumentQuestion {
  readonly as: "docx" | "xlsx";
  readonly model: DocumentModel | SheetModel;
}

/** Writes documents as files, beside everything else. Rejects with a problem `too-many-requests` while too many wait. */
export interface Documents {
  make(question: DocumentQuestion): Promise<Uint8Array>;
}

/** What the API must know to hand documents out. */
export interface ReportDesk {
  readonly documents: Documents;
  readonly forms: readonly FormLayout[];
}
