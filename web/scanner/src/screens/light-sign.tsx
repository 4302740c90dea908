/** A shape for each light, for whoever does not see the colours: tick, triangle, cross. */
export function LightSign({ light }: { readonly light: 'green' | 'amber' | 'red' }) {
  return (
    <svg class="light-sign" viewBox="0 0 100 100" aria-hidden="true">
      {shapes[light]}
    </svg>
  );
}

const shapes = {
  green: (
    <>
      <circle cx="50" cy="50" r="45" class="shape" />
      <path d="M28 52 L44 68 L74 34" class="stroke" />
    </>
  ),
  amber: (
    <>
      <path d="M50 8 L95 90 H5 Z" class="shape" />
      <path d="M50 36 V62 M50 74 V76" class="stroke" />
    </>
  ),
  red: (
    <>
      <path d="M32 5 H68 L95 32 V68 L68 95 H32 L5 68 V32 Z" class="shape" />
      <path d="M34 34 L66 66 M66 34 L34 66" class="stroke" />
    </>
  ),
};
