package worktime_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/openlines-go/openlines/worktime"
)

func ExampleHours() {
	var hours worktime.Hours
	err := json.Unmarshal([]byte(`{
		"zone": "Europe/Berlin",
		"week": {"mon-fri": ["09:00-18:00"], "sat": ["22:00-06:00"]},
		"holidays": ["05-01", "2026-12-24"],
		"dates": {"2026-12-31": ["09:00-12:00"], "2026-05-02": []}
	}`), &hours)
	if err != nil {
		fmt.Println(err)
		return
	}
	calendar, err := hours.Calendar()
	if err != nil {
		fmt.Println(err)
		return
	}
	client := time.Date(2026, 4, 30, 17, 30, 0, 0, time.UTC) // Thursday evening, before two days off
	fmt.Println("open:", calendar.Open(client))
	if opens, ok := calendar.NextOpen(client); ok {
		fmt.Println("opens:", opens)
	}
	// Output:
	// open: false
	// opens: 2026-05-04 07:00:00 +0000 UTC
}

func ExampleHours_Validate() {
	hours := worktime.Hours{
		Zone:     "Mars/Olympus",
		Week:     map[string][]string{"mon-fri": {"9-18"}},
		Holidays: []string{"02-30"},
	}
	err := hours.Validate()
	fmt.Println(err)
	if first, ok := errors.AsType[*worktime.Invalid](err); ok {
		fmt.Println("look at", first.Field)
	}
	// Output:
	// worktime: week["mon-fri"][0]: "9-18" does not start with a time from 00:00 to 23:59
	// worktime: holidays[0]: "02-30" is not in the calendar
	// worktime: zone: "Mars/Olympus" is not in the zone database
	// look at week["mon-fri"][0]
}

func ExampleCalendar_Add() {
	calendar, err := worktime.Hours{Week: map[string][]string{"mon-fri": {"09:00-18:00"}}}.Calendar()
	if err != nil {
		fmt.Println(err)
		return
	}
	friday := time.Date(2026, 5, 8, 17, 0, 0, 0, time.UTC)
	due, _ := calendar.Add(friday, 4*time.Hour)
	fmt.Println("a reply within four working hours is due", due.Format("Mon 15:04"))
	fmt.Println("working time until then:", calendar.Between(friday, due))
	// Output:
	// a reply within four working hours is due Mon 12:00
	// working time until then: 4h0m0s
}

func ExampleCalendar_NextClose() {
	calendar, err := worktime.Hours{
		Zone: "Europe/Berlin",
		Week: map[string][]string{"sat": {"22:00-06:00"}},
	}.Calendar()
	if err != nil {
		fmt.Println(err)
		return
	}
	night := time.Date(2026, 10, 24, 21, 0, 0, 0, time.UTC) // the hour from 2 to 3 comes twice
	closes, _ := calendar.NextClose(night)
	fmt.Println(closes, calendar.Between(night, closes))
	// Output:
	// 2026-10-25 05:00:00 +0000 UTC 8h0m0s
}

func ExampleReference() {
	hours, err := worktime.Reference{
		Zone: "Europe/Moscow", From: "9", To: "23.59",
		DaysOff: []string{"SA", "SU"}, Holidays: []string{"01.05", "31.12"},
	}.Hours()
	if err != nil {
		fmt.Println(err)
		return
	}
	data, _ := json.Marshal(hours)
	fmt.Println(string(data))
	// Output:
	// {"zone":"Europe/Moscow","week":{"mon-fri":["09:00-24:00"]},"holidays":["05-01","12-31"]}
}

func ExampleHolidays() {
	dates, err := worktime.Holidays([]byte(`{"2026-12-25": "Christmas Day", "2026-05-01": "Labour Day"}`))
	fmt.Println(dates, err)
	// Output:
	// [2026-05-01 2026-12-25] <nil>
}

func ExamplePresence() {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	facts := worktime.Facts{
		BrowserUsedAt:  noon.Add(-20 * time.Minute),
		MobileHiddenAt: noon.Add(-2 * time.Minute),
	}
	var presence worktime.Presence // 15 minutes for a browser, 5 for a hidden app
	verdict, until := presence.Available(facts, noon)
	fmt.Println(verdict, "until", until.Format("15:04"))

	verdict, _ = presence.Available(facts, until)
	fmt.Println(verdict)

	presence.WorkTime = true
	verdict, _ = presence.Available(facts, noon)
	fmt.Println(verdict)
	// Output:
	// available until 12:03
	// idle
	// not clocked in
}
