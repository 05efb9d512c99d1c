"""Stages of a project from 策划 to 投产 (PM-11): its steps, each with day and evidence, and corrections (进度更正)."""
