/** What the record says the office would have to find, once. */
export interface Verdict {
  readonly policy: string;
  readonly device: string;
  readonly job: string | null;
  /** When it was told to begin and end (ms); the end of the record where it still lasted. */
  readonly at: number;
  readonly until: number;
  /** It lasted long enough beyond doubt; else it ended on the boundary and may be found or not. */
  readonly sure: boolean;
  /** A fault that kept words from the office meanwhile, so that it may be found or not; null where all were heard. */
  readonly unknowable: string | null;
  /** A fault that made a sensor tell what was not so: it is found all the same, and rightly. Null where it was so. */
  readonly lie: string | null;
}
