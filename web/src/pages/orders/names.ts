/** The name that an application document gives itself. */
export function applicationName(application: Record<string, unknown>): string {
  const { metadata } = application as { metadata?: { name?: string } };
  return metadata?.name ?? "–";
}
