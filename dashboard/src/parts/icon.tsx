/** Line icons on a 24-unit grid; they carry no meaning that the text beside them does not. */
const PATHS = {
  overview: "M4 13h6V4H4zM14 20h6V4h-6zM4 20h6v-3H4z",
  spaces: "M4 20V6l8-3 8 3v14M4 20h16M9 20v-5h6v5M8 9h2M14 9h2",
  alerts: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  health: "M3 12h4l2-6 4 12 3-8 1 2h4",
  findings: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 21 21",
  devices: "M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4",
  policies: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
  approvals: "M5 20h14M7 20v-4h10v4M10 16c0-4-2-4-2-7a4 4 0 0 1 8 0c0 3-2 3-2 7",
  overrides: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M10 9v6M14 9v6",
  audit: "M8 4h8v3H8zM6 5H5v16h14V5h-1M8 13l2.5 2.5L16 10",
  charts: "M4 4v16h16M7 15l4-5 3 3 5-7",
  savings: "M5 19C5 10 11 5 20 4c0 9-4 15-11 15-2 0-4-1-4-1zM5 19c3-5 6-7 10-9",
  ledger: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  calendar: "M5 5h14v16H5zM5 10h14M9 3v4M15 3v4M9 14h2M13 14h2M9 17h2",
  backtest: "M4 12a8 8 0 1 0 3-6.200M4 4v4h4M12 8v4l3 2",
  hand: "M8 13V6a1.500 1.500 0 0 1 3 0v5M11 10V4.500a1.500 1.500 0 0 1 3 0V11M14 10V6.500a1.500 1.500 0 0 1 3 0V14a7 7 0 0 1-7 7c-3 0-4-2-6-6l-1-2a1.500 1.500 0 0 1 3-1l2 3",
  more: "M4 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0",
  leaf: "M6 18C4 9 10 5 20 5c0 10-5 14-13 12M6 20c2-5 5-8 8-9",
  check: "M5 12.5 10 17 19 7",
  close: "M6 6l12 12M18 6 6 18",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M19 5l-1.4 1.4M6.4 17.6 5 19",
  moon: "M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7v5l3 2",
  link: "M9 15l6-6M10 6l2-2a4 4 0 0 1 6 6l-2 2M14 18l-2 2a4 4 0 0 1-6-6l2-2",
  up: "M12 19V5M6 11l6-6 6 6",
  sound: "M4 10v4h4l5 4V6l-5 4zM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11",
  "sound-off": "M4 10v4h4l5 4V6l-5 4zM16 10l4 4M20 10l-4 4",
  speech: "M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5",
  keyboard: "M3 7h18v10H3zM6 10h1M9.500 10h1M13 10h1M16.500 10h1M8 14h8",
  chevron: "M9 6l6 6-6 6",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-5 4-7 8-7s8 2 8 7",
  ac: "M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9 4l3 2 3-2M9 20l3-2 3 2",
  light: "M9 18h6M10 21h4M12 3a6 6 0 0 0-3.5 10.9c.8.6.5 1.6.5 2.1h6c0-.500-.3-1.500.5-2.100A6 6 0 0 0 12 3",
  water: "M12 3c4 5 6 7.500 6 11a6 6 0 0 1-12 0c0-3.500 2-6 6-11",
  copier: "M7 8V3h10v5M5 8h14v8h-3v5H8v-5H5zM8 13h8",
  meter: "M12 4a8 8 0 0 0-8 8c0 3 1 5 3 7h10c2-2 3-4 3-7a8 8 0 0 0-8-8M12 13l4-4",
  plug: "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
  presence: "M12 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6M7 21v-5a5 5 0 0 1 10 0v5",
  contact: "M5 3h14v18H5zM12 3v18M5 12h14",
  lux: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M12 3v2M12 19v2M3 12h2M19 12h2M6 6l1 1M17 17l1 1M18 6l-1 1M7 17l-1 1",
  boiler: "M12 3c1 4 5 5 5 10a5 5 0 0 1-10 0c0-2 1-3 2-4 0 2 1 3 2 3 1-2 0-5 1-9",
  outdoor: "M10 14V5a2 2 0 0 1 4 0v9a4 4 0 1 1-4 0M12 10v7",
  told: "M4 10v4h3l7 4V6l-7 4zM17 9a4 4 0 0 1 0 6M19.500 6.500a8 8 0 0 1 0 11",
  screen: "M3 5h18v11H3zM9 20h6M12 16v4",
  mail: "M3 6h18v12H3zM3 7l9 7 9-7",
  chat: "M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5",
  phone: "M8 3h8v18H8zM11 18h2",
  unknown: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 18h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
