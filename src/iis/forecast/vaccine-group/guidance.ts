/** The administrative guidance that goes with a forecast (CDSi logic specification 7.5, FORECASTGUIDANCE-1). */
import type { Forecast } from '../evaluate-and-forecast.ts';
import { applies } from '../series/select-relevant.ts';
import type { VaccineGroupForecast } from './vaccine-group-forecast.ts';

/** That of the series, of the indications and of the contraindications that apply to the patient; each text once. */
export function administrativeGuidance({ bestSeries }: VaccineGroupForecast, forecast: Forecast): readonly string[] {
  const series = bestSeries.map(({ patientSeries }) => patientSeries.series);
  const antigens = new Set(series.map(({ antigen }) => antigen));
  const indications = series.flatMap((entry) => entry.indications.filter((one) => applies(one, forecast.patient)));
  const contraindications = forecast.antigens
    .filter(({ antigen }) => antigens.has(antigen))
    .flatMap(({ findings }) => findings.contraindications.guidance);
  const texts = [...series.flatMap(({ guidance }) => guidance), ...indications.map(({ guidance }) => guidance)];
  return [...new Set([...texts, ...contraindications])].filter((text) => text !== '');
}
