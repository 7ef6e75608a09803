/** Vaccine groups of one antigen (CDSi logic specification 9.2, SINGLEANTVG-1 and -2). */
import type { ForecastDates, PatientSeries, PatientSeriesStatus } from '../series/patient-series.ts';

/** A series group of one antigen has one best series, and its status is that of the vaccine group. */
export const singleAntigenStatus = ({ forecast }: PatientSeries): PatientSeriesStatus => forecast.status;

/** So are its dates. */
export const singleAntigenDates = ({ forecast }: PatientSeries): ForecastDates | undefined => forecast.dates;
