package main

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colours can be told apart by everybody (https://doi.org/10.1038/nmeth.1618).
var colours = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, // blue
	color.RGBA{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	color.RGBA{0x00, 0x9e, 0x73, 0xff}, // green
	color.RGBA{0xcc, 0x79, 0xa7, 0xff}, // purple
	color.RGBA{0x56, 0xb4, 0xe9, 0xff}, // sky blue
	color.RGBA{0xe6, 0x9f, 0x00, 0xff}, // orange
	color.RGBA{0x00, 0x00, 0x00, 0xff}, // black
	color.RGBA{0x80, 0x80, 0x80, 0xff}, // grey
}

// drawTimes writes the time over the size, a line for each series of three sizes
// or more; those of rivals are dashed.
func drawTimes(file string, r results) error {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	p := plot.New()
	p.BackgroundColor = color.White
	p.X.Label.Text, p.Y.Label.Text = "customers, or records of utilization", "seconds for terraform plan"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(sizeTicks), plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.Padding, p.Legend.YOffs = vg.Points(3), -vg.Points(6)
	p.Add(plotter.NewGrid())

	drawn := 0
	for _, s := range allSeries {
		points := r.points(s)
		if len(points) < 3 {
			continue
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		line.Color, line.Width = colours[drawn%len(colours)], vg.Points(1.5)
		if s.rival {
			line.Dashes = []vg.Length{vg.Points(5), vg.Points(3)}
		}
		marks.Color, marks.Shape = line.Color, draw.CircleGlyph{}
		p.Add(line, marks)
		p.Legend.Add(strings.ReplaceAll(s.title, "`", ""), line, marks)
		drawn++
	}
	if drawn == 0 {
		return nil // A logarithm of nothing cannot be drawn.
	}
	return p.Save(9*vg.Inch, 6*vg.Inch, file)
}

// sizeTicks writes sizes as the table does.
func sizeTicks(lowest, highest float64) []plot.Tick {
	ticks := plot.LogTicks{}.Ticks(lowest, highest)
	for i, tick := range ticks {
		if tick.Label != "" {
			ticks[i].Label = thousands(int(tick.Value + 0.5))
		}
	}
	return ticks
}

func (r results) points(s series) plotter.XYs {
	var points plotter.XYs
	for _, size := range s.sizes {
		if found := r.find(s.name, size); found != nil {
			points = append(points, plotter.XY{X: float64(size), Y: found.median()})
		}
	}
	return points
}
