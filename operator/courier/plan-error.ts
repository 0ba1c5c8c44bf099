/** What a plan can fail for: only the author of the Courier can mend it. */
export type PlanErrorReason = 'AuditVolumeMissing' | 'PodTemplateInvalid';

/** Thrown when no children can be planned for a Courier that the API server has accepted. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly reason: PlanErrorReason;

  /** @param message full sentences: what is wrong, the value seen, the remedy. */
  constructor(reason: PlanErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
