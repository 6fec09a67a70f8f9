export { twilioSms } from './delivery/twilio-sms';
export type { TwilioClient, TwilioSmsOptions } from './delivery/twilio-sms';
